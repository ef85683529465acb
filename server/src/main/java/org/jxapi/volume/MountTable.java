package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The file systems that are mounted on this host, as the kernel lists them. Reading the list asks no server. */
record MountTable(List<Entry> entries) {
    private static final Path KERNEL = Path.of("/proc/self/mountinfo");
    private static final int DEVICE = 2;
    private static final int PLACE = 4;

    /**
     * A mounted file system.
     *
     * @param device the numbers of its device, such as {@code 8:1}
     * @param at where it is mounted
     * @param type such as {@code nfs4}
     * @param source the device, export or share that it is
     */
    record Entry(String device, Path at, String type, String source) {}

    static MountTable read() {
        try {
            return parse(Files.readAllLines(KERNEL));
        } catch (IOException e) {
            throw SmFailure.EIO.error(e);
        }
    }

    /** Reads lines as proc(5) describes them. */
    static MountTable parse(List<String> lines) {
        List<Entry> entries = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.split(" ");
            int separator = List.of(words).indexOf("-");
            if (separator > PLACE && separator + 2 < words.length) {
                entries.add(new Entry(
                        words[DEVICE],
                        Path.of(plain(words[PLACE])),
                        words[separator + 1],
                        plain(words[separator + 2])));
            }
        }
        return new MountTable(List.copyOf(entries));
    }

    /** The kernel writes white space and backslashes as octal numbers. */
    private static String plain(String word) {
        return word.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    /** The file system at a place: the last one that was mounted there. */
    Optional<Entry> at(Path place) {
        return entries.stream().filter(entry -> entry.at().equals(place)).reduce((first, second) -> second);
    }
}
