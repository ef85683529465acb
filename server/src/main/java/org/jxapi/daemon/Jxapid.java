package org.jxapi.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jxapi.store.Reason;
import org.jxapi.store.StoreException;

/** The daemon's entry point. */
public final class Jxapid {
    static final String VERSION = "0.1.0";

    private Jxapid() {}

    public static void main(String[] args) {
        int status = run(List.of(args), System.out, System.err);
        if (status >= 0) {
            System.exit(status);
        }
    }

    /** Runs until a signal stops it. Returns the exit status. */
    private static int run(List<String> args, PrintStream out, PrintStream err) {
        if (args.contains("--help") || args.contains("-h")) {
            out.print(Settings.USAGE);
            return 0;
        }
        if (args.contains("--version")) {
            out.println("jxapid " + VERSION);
            return 0;
        }
        try {
            return Maintenance.run(args, out) ? 0 : serve(Settings.parse(args), out);
        } catch (WrongSettingException | StoreException | IOException e) {
            err.println("jxapid: " + (e instanceof FileSystemException ? Reason.withFile(e) : e.getMessage()));
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static int serve(Settings settings, PrintStream out) throws IOException, InterruptedException {
        Logging.start(settings.logFile(), settings.logLevel());
        Daemon daemon = Daemon.start(settings);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            daemon.close();
                            stopped.countDown();
                        },
                        "stop"));
        out.println("jxapid " + VERSION + " ready: " + String.join(" ", daemon.endpoints()));
        out.flush();
        daemon.ready();
        stopped.await();
        return -1;
    }
}
