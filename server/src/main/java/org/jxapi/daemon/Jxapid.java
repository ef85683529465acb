package org.jxapi.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.local.Version;
import org.jxapi.member.MemberCopy;
import org.jxapi.member.Membership;
import org.jxapi.store.Reason;
import org.jxapi.store.StoreException;

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
            return status == null ? serve(Settings.parse(args), out) : status;
        } catch (WrongSettingException | StoreException | IOException e) {
            err.println("jxapid: " + (e instanceof FileSystemException ? Reason.withFile(e) : e.getMessage()));
            return 1;
        }
    }

    private static int serve(Settings settings, PrintStream out) throws IOException {
        Logging.start(settings.logFile(), settings.logLevel());
        Lives lives = new Lives(settings, out);
        Runtime.getRuntime().addShutdownHook(new Thread(lives::stop, "stop"));
        boolean supervised = Systemd.of(System.getenv()).there();
        while (lives.live() == Life.End.RESTART) {
            if (supervised) {
                // A new process also has the programs that an upgrade has brought.
                return RESTART;
            }
        }
        return 0;
    }

    /** One daemon after the other; a signal ends the one that there is. */
    private static final class Lives {
        private final Settings settings;
        private final PrintStream out;
        private @Nullable AnyDaemon daemon;

        Lives(Settings settings, PrintStream out) {
            this.settings = settings;
            this.out = out;
        }

        /** Starts a daemon, and returns when a client has ended it. */
        Life.End live() throws IOException {
            Life life = new Life();
            begin(life);
            return life.await();
        }

        private synchronized void begin(Life life) throws IOException {
            stop();
            MemberCopy.finishTakeOver(settings.dataDir());
            Optional<Membership> membership = Membership.of(settings.dataDir());
            AnyDaemon next = membership.isPresent()
                    ? MemberDaemon.start(settings, membership.get(), life)
                    : Daemon.start(settings, life);
            daemon = next;
            out.println("jxapid " + Version.JXAPI + " ready: " + String.join(" ", next.endpoints()));
            out.flush();
            next.ready();
        }

        synchronized void stop() {
            if (daemon != null) {
                daemon.close();
                daemon = null;
            }
        }
    }
}
