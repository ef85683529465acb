package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jxapi.program.Program;

/** The programs of LVM and of the device mapper. */
interface Lvm {
    /** How long one of them may take: a large pool has megabytes of metadata to be zeroed. */
    Duration LIMIT = Duration.ofMinutes(10);

    /** Longer than a program that changes tags takes from its read to its write. */
    Duration SETTLED = Duration.ofSeconds(3);

    /** Runs one and returns its standard output; an IOException with its reason when it fails. */
    String run(List<String> command) throws IOException;

    default String run(String... command) throws IOException {
        return run(List.of(command));
    }

    /**
     * Waits until the programs of other hosts have ended that may have read a group before this host has changed it. LVM keeps
     * no lock between hosts, so such a program may undo the change.
     */
    default void settle() throws IOException {
        // Programs of no other host.
    }

    /** Makes later reads of a device ask the device: guests write to it without the cache of this host. */
    void forgetCached(Path device) throws IOException;

    /** The programs of this host. Each would read all disks, so one that is silent would stop it, whatever its group is. */
    static Lvm ofThisHost() {
        SilentDisks disks = SilentDisks.ofThisHost();
        return new Lvm() {
            @Override
            public String run(List<String> command) throws IOException {
                Set<String> silent = command.get(0).matches("(pv|vg|lv).*") ? disks.names() : Set.of();
                try {
                    List<String> whole = silent.isEmpty() ? command : disks.without(silent, command);
                    return Program.of(whole).within(LIMIT).run();
                } catch (IOException e) {
                    throw named(silent.isEmpty() ? e : passedOver(silent, e));
                }
            }

            @Override
            public void settle() throws IOException {
                try {
                    Thread.sleep(SETTLED.toMillis());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("the wait for other hosts was interrupted", e);
                }
            }

            @Override
            public void forgetCached(Path device) throws IOException {
                FileBlocks.forgetCached(device);
            }
        };
    }

    /** The failure of a program that has not read all disks. */
    static IOException passedOver(Set<String> silent, IOException e) {
        return said("disks that do not answer were passed over (" + String.join(", ", silent) + "): ", e);
    }

    /** LVM has words of its own for a lack of space. */
    static IOException named(IOException e) {
        String said = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        boolean full = said.contains("insufficient free space")
                || said.contains("insufficient suitable")
                || said.contains("free space in pool")
                || said.contains("free space in thin pool");
        return full ? said("No space left on device: ", e) : e;
    }

    /** Users get the message of the innermost cause, so the failure is none. */
    private static IOException said(String before, IOException e) {
        IOException failure = new IOException(before + e.getMessage());
        failure.addSuppressed(e);
        return failure;
    }
}
