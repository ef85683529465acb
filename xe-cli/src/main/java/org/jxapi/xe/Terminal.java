package org.jxapi.xe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The terminal that stdin is, if it is one. */
final class Terminal {
    private Terminal() {}

    /** Whether a file descriptor of this process is a terminal, of any kind. */
    static boolean isOne(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }

    /** Sets the terminal, or returns its settings; null if stdin is not a terminal. */
    static @Nullable String stty(String settings) {
        if (System.console() == null) {
            return null;
        }
        try {
            String[] words = ("stty " + settings).split(" ");
            Process stty = new ProcessBuilder(words)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return stty.waitFor() == 0 ? said : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** The columns of the terminal; 80 if it does not say. */
    static int columns() {
        String size = stty("size");
        if (size != null && size.matches("\\d+ \\d+")) {
            int columns = Integer.parseInt(size.substring(size.indexOf(' ') + 1));
            return columns > 0 ? columns : 80;
        }
        return 80;
    }
}
