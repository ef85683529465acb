package org.jxapi.volume;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.jxapi.harness.LoopMounts;

/** The file systems that repositories are tested on. Tests that need one that cannot be made here are skipped. */
final class Grounds implements AfterAllCallback {
    private final LoopMounts mounts = new LoopMounts();
    private final Map<Ground, Path> made = new EnumMap<>(Ground.class);

    /** A file system. */
    enum Ground {
        /** Where temporary files are. */
        TEMPORARY("the file system of temporary files"),
        EXT4("ext4"),
        XFS("XFS");

        private final String label;

        Ground(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    LoopMounts mounts() {
        return mounts;
    }

    /** A folder that is not there yet. */
    Path fresh(Ground ground) {
        return root(ground).resolve(UUID.randomUUID().toString());
    }

    private Path root(Ground ground) {
        return made.computeIfAbsent(ground, key -> switch (key) {
            case TEMPORARY -> temporary();
            case EXT4 -> mounted(LoopMounts.Format.EXT4);
            case XFS -> mounted(LoopMounts.Format.XFS);
        });
    }

    private Path temporary() {
        try {
            return Files.createDirectory(mounts.folder().resolve("temporary"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path mounted(LoopMounts.Format format) {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        return mounts.make(format);
    }

    /** Whether files can share their blocks, as cp finds it. */
    boolean sharesBlocks(Ground ground) {
        try {
            Path file = Files.writeString(fresh(ground), "data");
            Path other = fresh(ground);
            Process cp = new ProcessBuilder("cp", "--reflink=always", file.toString(), other.toString())
                    .redirectErrorStream(true)
                    .start();
            cp.getInputStream().readAllBytes();
            boolean shares = cp.waitFor() == 0;
            Files.delete(file);
            Files.deleteIfExists(other);
            return shares;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        made.clear();
        mounts.afterAll(context);
    }
}
