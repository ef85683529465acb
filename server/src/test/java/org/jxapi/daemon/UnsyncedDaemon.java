package org.jxapi.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jxapi.store.H2Store;
import org.jxapi.store.UnsyncedFiles;

/**
 * The daemon with its database on {@link UnsyncedFiles}: what was not forced to disk dies with the process. Lines on its
 * standard input are orders: {@code room N} says how many bytes files may still grow by, nothing can be written with {@code room -1}, and between {@code stall} and {@code
 * go on} the disk does not answer.
 */
public final class UnsyncedDaemon {
    private UnsyncedDaemon() {}

    public static void main(String[] args) throws IOException {
        Settings settings = Settings.parse(List.of(args));
        Logging.start(settings.logFile(), settings.logLevel());
        UnsyncedFiles.register();
        Daemon daemon = Daemon.start(settings, H2Store.open(settings.dataDir(), UnsyncedFiles.SCHEME));
        System.out.println("jxapid ready: " + String.join(" ", daemon.endpoints()));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            switch (line) {
                case "stall" -> UnsyncedFiles.stall();
                case "go on" -> UnsyncedFiles.goOn();
                default -> UnsyncedFiles.room(Long.parseLong(line.substring("room ".length())));
            }
            System.out.println("done");
        }
        daemon.close();
    }
}
