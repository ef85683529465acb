package org.jxapi.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.backup.StagedHost;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.local.Version;
import org.jxapi.member.MemberCopy;
import org.jxapi.member.Membership;
import org.jxapi.member.PoolReplica;
import org.jxapi.member.Succession;
import org.jxapi.store.Reason;
import org.jxapi.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon's entry point. */
public final class Jxapid {
    /** The exit status that has systemd start the daemon again: EX_TEMPFAIL of sysexits.h. */
    static final int RESTART = 75;

    private Jxapid() {}

    public static void main(String[] args) {
        System.exit(run(List.of(args), System.out, System.err));
    }

    /** Runs until a client stops it; a signal ends the process. Returns the exit status. */
    private static int run(List<String> args, PrintStream out, PrintStream err) {
        if (args.contains("--help") || args.contains("-h")) {
            out.print(Settings.USAGE);
            return 0;
        }
        if (args.contains("--version")) {
            out.println("jxapid " + Version.JXAPI);
            return 0;
        }
        try {
            Integer status = Maintenance.run(args, out);
            return status == null ? serve(args, out) : status;
        } catch (WrongSettingException | StoreException | IOException e) {
            err.println("jxapid: " + (e instanceof FileSystemException ? Reason.withFile(e) : e.getMessage()));
            return 1;
        }
    }

    private static int serve(List<String> args, PrintStream out) throws IOException {
        Lives lives = new Lives(args, out);
        Runtime.getRuntime().addShutdownHook(new Thread(lives::stop, "stop"));
        boolean supervised = Systemd.of(System.getenv()).there();
        while (true) {
            Life.End end = lives.live();
            if (end == Life.End.STOP) {
                return 0;
            }
            if (end == Life.End.RESTART && supervised) {
                // A new process also has the programs that an upgrade has brought.
                return RESTART;
            }
        }
    }

    /** One daemon after the other; a signal ends the one that there is. */
    private static final class Lives {
        /** The time for a client to get its answer. */
        private static final Duration MOMENT = Duration.ofSeconds(3);

        private static final Logger LOG = LoggerFactory.getLogger(Jxapid.class);

        private final List<String> args;
        private final PrintStream out;
        private Settings settings;
        private PoolReplica replica;
        private final Systemd systemd = Systemd.of(System.getenv());
        private @Nullable AnyDaemon daemon;

        Lives(List<String> args, PrintStream out) throws IOException {
            this.args = args;
            this.out = out;
            this.settings = Settings.parse(args);
            this.replica = replica(settings);
            Logging.start(settings.logFile(), settings.logLevel());
        }

        private static PoolReplica replica(Settings settings) {
            return new PoolReplica(settings.dataDir(), Daemon.address(settings.replication()));
        }

        /** Puts a restored host in place, whose settings may be other ones. */
        private synchronized void settle() throws IOException {
            if (StagedHost.use(settings.dataDir())) {
                settings = Settings.parse(args);
                replica = replica(settings);
                Logging.start(settings.logFile(), settings.logLevel());
            }
        }

        /** Starts a daemon, and returns when it has come to its end. */
        Life.End live() throws IOException {
            settle();
            Life life = new Life();
            Optional<Membership> membership = place();
            try {
                begin(life, membership);
            } catch (IOException | StoreException e) {
                if (membership.isPresent() || !replica.follows()) {
                    throw e;
                }
                LOG.warn("Pool: another host has been elected while this one started as the coordinator", e);
                life.restart(Duration.ZERO);
            }
            Life.End end = life.await();
            end(end);
            return end;
        }

        /** This host's place as a member; empty for a coordinator. It may have to wait for an election. */
        private Optional<Membership> place() throws IOException {
            MemberCopy.finishTakeOver(settings.dataDir());
            Optional<Membership> known = Membership.of(settings.dataDir());
            if (known.isEmpty() && Daemon.beginsAlone(settings)) {
                return known;
            }
            if (replica.there()) {
                // The certificates are there, so they get no name.
                ServerCertificates certificates =
                        ServerCertificates.open(settings.dataDir(), settings.certificate(), "", Clock.systemUTC());
                replica.show(() -> certificates.shown().pool());
            }
            return new Succession(settings.dataDir(), replica, Daemon.address(settings.agent())).settle();
        }

        private synchronized void begin(Life life, Optional<Membership> membership) throws IOException {
            boolean member = membership.isPresent();
            AnyDaemon next = member
                    ? MemberDaemon.start(settings, membership.get(), life, replica)
                    : Daemon.start(settings, life, replica);
            daemon = next;
            out.println("jxapid " + Version.JXAPI + " ready: " + String.join(" ", next.endpoints()));
            out.flush();
            next.ready();
            replica.watch(leads -> {
                if (leads && member) {
                    life.lead();
                } else if (!leads && !member) {
                    life.restart(MOMENT);
                }
            });
        }

        private synchronized void end(Life.End how) {
            if (how != Life.End.LEAD) {
                systemd.stopping();
            }
            if (daemon != null) {
                daemon.close();
                daemon = null;
            }
            if (how != Life.End.LEAD) {
                replica.close();
            }
        }

        void stop() {
            end(Life.End.STOP);
        }
    }
}
