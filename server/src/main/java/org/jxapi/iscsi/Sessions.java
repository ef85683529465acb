package org.jxapi.iscsi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jxapi.iscsi.IscsiException.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of this host with targets. A target has one session, however many repositories have LUNs on it: with two,
 * each LUN would have two devices. The last user ends the session, unless another program began it.
 *
 * <p>Users are remembered in memory. After a restart of the daemon, repositories that are plugged use their targets again.
 */
public final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private final Initiator initiator;
    private final Path sys;
    /** The users of each target; a target's set is also the lock for changes of its session. */
    private final Map<String, Set<String>> users = new ConcurrentHashMap<>();

    /**
     * @param sys the folder of the kernel's sessions
     * @param name the name by which targets know this host; empty to use that of open-iscsi
     */
    public Sessions(Iscsiadm iscsiadm, Path sys, Supplier<String> name) {
        this.initiator = new Initiator(iscsiadm, name);
        this.sys = sys;
    }

    /**
     * Those of this host.
     *
     * @param name the name by which targets know this host; empty to use that of open-iscsi
     */
    public static Sessions ofThisHost(Supplier<String> name) {
        return new Sessions(Iscsiadm.ofThisHost(), Path.of("/sys/class/iscsi_session"), name);
    }

    /** The targets that a portal offers this host. */
    public List<Offer> discover(Portal portal, Chap chap) throws IOException {
        return initiator.discover(portal, chap);
    }

    /**
     * Makes the LUNs of a target appear. A user who does so twice does no harm.
     *
     * @param way chooses where to ask for the target, if there is no session yet
     * @return whether the user is a new one
     */
    public boolean use(String user, String iqn, Supplier<Portal> way, Chap chap) throws IOException {
        Set<String> all = users.computeIfAbsent(iqn, name -> new HashSet<>());
        synchronized (all) {
            if (faces(iqn).isEmpty()) {
                Portal portal = way.get();
                initiator.login(choose(initiator.discover(portal, chap), iqn, portal), chap);
            }
            return all.add(user);
        }
    }

    /** The offer at the portal that was asked, or at another one if the target listens only there. */
    private static Offer choose(List<Offer> offers, String iqn, Portal portal) throws IscsiException {
        List<Offer> those =
                offers.stream().filter(offer -> offer.iqn().equals(iqn)).toList();
        if (those.isEmpty()) {
            throw new IscsiException(Kind.NO_TARGET, portal + " does not offer this host the target " + iqn);
        }
        return those.stream()
                .filter(offer -> offer.portal().equals(portal))
                .findFirst()
                .orElse(those.get(0));
    }

    /**
     * Ends the use of a target.
     *
     * @param needed whether anything on this host still has a LUN of the target open; the session stays then
     */
    public void release(String user, String iqn, Check needed) throws IOException {
        Set<String> all = users.computeIfAbsent(iqn, name -> new HashSet<>());
        synchronized (all) {
            all.remove(user);
            if (all.isEmpty() && faces(iqn).contains(Initiator.FACE)) {
                if (needed.holds()) {
                    LOG.warn("iSCSI target {}: the session stays, because the host uses a LUN of it", iqn);
                } else {
                    initiator.logout(iqn);
                }
            }
        }
    }

    /** A question that needs a look at the host. */
    public interface Check {
        boolean holds() throws IOException;
    }

    /** The targets that the user has in use. */
    public Set<String> usedBy(String user) {
        Set<String> used = new TreeSet<>();
        users.forEach((iqn, all) -> {
            synchronized (all) {
                if (all.contains(user)) {
                    used.add(iqn);
                }
            }
        });
        return used;
    }

    /** Looks for LUNs that are new since the session began. */
    public void rescan(String iqn) throws IOException {
        initiator.rescan(iqn);
    }

    /** The interfaces of open-iscsi that have a session with the target. */
    private List<String> faces(String iqn) throws IOException {
        List<String> faces = new ArrayList<>();
        if (Files.isDirectory(sys)) {
            try (Stream<Path> list = Files.list(sys)) {
                for (Path session : list.sorted().toList()) {
                    if (text(session.resolve("targetname")).equals(iqn)) {
                        faces.add(text(session.resolve("ifacename")));
                    }
                }
            }
        }
        return faces;
    }

    private static String text(Path file) throws IOException {
        return Files.isRegularFile(file) ? Files.readString(file).strip() : "";
    }
}
