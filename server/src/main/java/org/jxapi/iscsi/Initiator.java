package org.jxapi.iscsi;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jxapi.iscsi.IscsiException.Kind;
import org.jxapi.program.Program;

/**
 * Talks to targets through iscsiadm(8). Everything that it does there belongs to an interface of open-iscsi of its own,
 * {@value #FACE}, so that sessions and records of others are never touched, and targets see the name of jxapi's host.
 */
final class Initiator {
    /** The name of jxapi's interface. */
    static final String FACE = "jxapi";

    private static final String INITIATOR_NAME = "iface.initiatorname";
    /** Exit statuses: the session is there, the daemon does not answer, and there is nothing to do it with. */
    private static final int EXISTS = 15;

    private static final int NO_DAEMON = 20;
    private static final int NOTHING = 21;

    private final Iscsiadm iscsiadm;
    private final Records records;
    private final Supplier<String> name;

    /** @param name the name by which targets know this host; empty to use that of open-iscsi */
    Initiator(Iscsiadm iscsiadm, Supplier<String> name) {
        this.iscsiadm = iscsiadm;
        this.records = new Records(iscsiadm.folders());
        this.name = name;
    }

    /** The targets that a portal offers this host. */
    List<Offer> discover(Portal portal, Chap chap) throws IOException {
        prepareFace();
        List<String> record = List.of("-m", "discoverydb", "-t", "sendtargets", "-p", portal.toString(), "-I", FACE);
        must(Kind.DISCOVERY, with(record, "-o", "new"));
        try {
            if (!chap.user().isEmpty()) {
                records.authenticateDiscovery(portal, chap);
            }
            // Without this option, each target that is seen would get a record.
            return must(Kind.DISCOVERY, with(record, "-o", "nonpersistent", "--discover"))
                    .lines()
                    .map(Offer::parse)
                    .flatMap(Optional::stream)
                    .distinct()
                    .toList();
        } finally {
            iscsiadm.run(with(record, "-o", "delete"));
        }
    }

    /** Begins a session, if this host has none with that target. */
    void login(Offer offer, Chap chap) throws IOException {
        String portal = offer.portal() + "," + offer.group();
        List<String> record = List.of("-m", "node", "-T", offer.iqn(), "-p", portal, "-I", FACE);
        must(Kind.LOGIN, with(record, "-o", "new"));
        boolean in = false;
        try {
            if (!chap.user().isEmpty()) {
                records.authenticateTarget(offer, FACE, chap);
            }
            Program.Result result = iscsiadm.run(with(record, "--login"));
            if (result.status() != EXISTS) {
                check(Kind.LOGIN, result);
            }
            in = true;
        } finally {
            if (!in) {
                // A login that was not refused, but had no answer, would be tried again and again.
                iscsiadm.run(with(record, "--logout"));
                iscsiadm.run(with(record, "-o", "delete"));
            }
        }
    }

    /** Ends the session with a target. */
    void logout(String iqn) throws IOException {
        List<String> record = List.of("-m", "node", "-T", iqn, "-I", FACE);
        Program.Result result = iscsiadm.run(with(record, "--logout"));
        if (result.status() != NOTHING) {
            check(Kind.LOGOUT, result);
        }
        iscsiadm.run(with(record, "-o", "delete"));
    }

    /** Looks for LUNs that are new since the session began. Any program may have begun it. */
    void rescan(String iqn) throws IOException {
        must(Kind.LOGIN, List.of("-m", "node", "-T", iqn, "--rescan"));
    }

    private void prepareFace() throws IOException {
        String wanted = name.get();
        Program.Result face = iscsiadm.run(List.of("-m", "iface", "-I", FACE));
        boolean there = face.status() == 0;
        if (!there) {
            must(Kind.DISCOVERY, List.of("-m", "iface", "-I", FACE, "-o", "new"));
        }
        if (!wanted.isEmpty() && !face.output().lines().toList().contains(INITIATOR_NAME + " = " + wanted)) {
            must(
                    Kind.DISCOVERY,
                    List.of("-m", "iface", "-I", FACE, "-o", "update", "-n", INITIATOR_NAME, "-v", wanted));
        }
    }

    private static List<String> with(List<String> words, String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return all;
    }

    private String must(Kind kind, List<String> arguments) throws IOException {
        Program.Result result = iscsiadm.run(arguments);
        check(kind, result);
        return result.output();
    }

    private static void check(Kind kind, Program.Result result) throws IscsiException {
        if (result.status() == NO_DAEMON) {
            throw new IscsiException(Kind.DAEMON, "iscsid does not answer. Start it: systemctl start iscsid");
        }
        if (result.status() != 0) {
            throw new IscsiException(kind, said(result));
        }
    }

    /** The reason, without the lines that only say that there was a failure, and those that are said twice. */
    private static String said(Program.Result result) {
        String reason = result.said()
                .lines()
                .map(line -> line.replaceFirst("^iscsiadm: ", "").strip())
                .filter(line -> !line.isEmpty() && !line.startsWith("Could not log "))
                .distinct()
                .reduce((one, other) -> one + "; " + other)
                .orElse("");
        return reason.isEmpty() ? "iscsiadm failed with status " + result.status() : reason;
    }
}
