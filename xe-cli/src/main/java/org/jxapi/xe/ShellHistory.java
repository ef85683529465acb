package org.jxapi.xe;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The lines that were typed, in a file that only its owner can read. Lines that may hold a secret, and those that begin with
 * a blank, are not kept.
 */
final class ShellHistory {
    private static final int MOST = 1000;
    private static final Pattern SECRET =
            Pattern.compile("(?i)pass|secret|token|chap|credential|private|(^|\\s)-pw|(^|\\s)pw=");

    private final Path file;
    private final List<String> lines = new ArrayList<>();

    ShellHistory(Path file) {
        this.file = file;
        try {
            List<String> all = Files.readAllLines(file, StandardCharsets.UTF_8);
            lines.addAll(all.subList(Math.max(0, all.size() - MOST), all.size()));
            if (all.size() > MOST) {
                Files.write(file, lines);
            }
        } catch (IOException e) {
            // There is none yet, or it cannot be read: the shell works without.
        }
    }

    /** The lines, the oldest first. */
    List<String> lines() {
        return lines;
    }

    static boolean keeps(String line) {
        return !line.isBlank() && !line.startsWith(" ") && !SECRET.matcher(line).find();
    }

    void add(String line) {
        if (!keeps(line) || !lines.isEmpty() && lines.get(lines.size() - 1).equals(line)) {
            return;
        }
        lines.add(line);
        try (OutputStream out = Channels.newOutputStream(Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))))) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The line is in memory, at least.
        }
    }
}
