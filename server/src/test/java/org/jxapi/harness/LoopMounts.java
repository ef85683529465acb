package org.jxapi.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * File systems of their own, for tests that need a certain one: images in a temporary folder, mounted through loop devices.
 * As an extension of JUnit it unmounts and removes everything at the end of the class. A run that was killed leaves its
 * mounts: the next one removes them. Loop devices of others are not touched, since the kernel chooses free ones.
 */
public final class LoopMounts implements AfterAllCallback {
    private static final String PREFIX = "jxapi-loop-";
    private static final Pattern OURS = Pattern.compile(Pattern.quote(PREFIX) + "(\\d+)-.*");
    private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));
    private static final String IMPOSSIBLE = reason();

    private final List<Path> mounted = Collections.synchronizedList(new ArrayList<>());
    private Path root;
    private int images;

    /** A way to make a file system in a file. */
    public enum Format {
        /** XFS whose files can share blocks; it wants 300 MB, of which it takes a few. */
        XFS(512L << 20, "nouuid", "mkfs.xfs", "-q", "-m", "reflink=1"),
        EXT4(512L << 20, "defaults", "mkfs.ext4", "-q", "-F");

        private final long bytes;
        private final String options;
        private final List<String> command;

        Format(long bytes, String options, String... command) {
            this.bytes = bytes;
            this.options = options;
            this.command = List.of(command);
        }
    }

    /** Why file systems cannot be mounted here; empty when they can. The reason is printed. */
    public static String impossible() {
        return IMPOSSIBLE;
    }

    private static String reason() {
        String reason = "";
        if (!"root".equals(System.getProperty("user.name"))) {
            reason = "only root mounts file systems";
        } else if (!Files.exists(Path.of("/dev/loop-control"))) {
            reason = "this host has no loop devices";
        } else {
            for (Format format : Format.values()) {
                if (!Files.isExecutable(Path.of("/usr/sbin", format.command.get(0)))) {
                    reason = format.command.get(0) + " is not installed";
                }
            }
        }
        if (!reason.isEmpty()) {
            System.out.println("Skipped: tests on ext4 and XFS, because " + reason + ".");
        }
        return reason;
    }

    /** A new file system, as a folder. */
    public Path make(Format format) {
        return mount(image(format, folder(), format.bytes), format);
    }

    /** A new file system in an image in that folder, which is not mounted. */
    public Path image(Format format, Path in) {
        return image(format, in, format.bytes);
    }

    /** A new file system with room for images of others. */
    public Path makeLarge(Format format) {
        return mount(image(format, folder(), format.bytes * 16), format);
    }

    /** The same of that many bytes, of which few take space. */
    public synchronized Path image(Format format, Path in, long bytes) {
        Path image = blank(in, bytes);
        List<String> command = new ArrayList<>(format.command);
        command.add(image.toString());
        run(command);
        return image;
    }

    /** An image of zeros, which take no space. */
    public synchronized Path blank(Path in, long bytes) {
        Path image = in.resolve("image" + images++);
        try (FileChannel file = FileChannel.open(
                image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            file.write(ByteBuffer.allocate(1), bytes - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return image;
    }

    /** Makes a block device of an image; it ends with this process at the latest. */
    public static Path attach(Path image) {
        return Path.of(run(List.of("losetup", "--find", "--show", image.toString())));
    }

    public static void detach(Path device) {
        run(List.of("losetup", "--detach", device.toString()));
    }

    /** Mounts an image somewhere. */
    public synchronized Path mount(Path image, Format format) {
        try {
            Path folder = Files.createDirectory(folder().resolve("mount" + images++));
            // The loop device is released with the mount, also when another process unmounts it.
            run(List.of("mount", "-o", "loop," + format.options, image.toString(), folder.toString()));
            mounted.add(folder);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Unmounts a folder and removes it. Processes that are about to end may still have files there. */
    public void unmount(Path folder) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                run(List.of("umount", folder.toString()));
                break;
            } catch (IllegalStateException e) {
                if (!String.valueOf(e.getMessage()).contains("target is busy") || System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
        mounted.remove(folder);
        try {
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder that holds everything. */
    public synchronized Path folder() {
        if (root == null) {
            sweep();
            try {
                root = Files.createTempDirectory(
                        PREFIX + ProcessHandle.current().pid() + "-");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Path made = root;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(made)));
        }
        return root;
    }

    @Override
    public synchronized void afterAll(ExtensionContext context) {
        if (root != null) {
            remove(root);
            root = null;
            mounted.clear();
        }
    }

    /** Removes what killed runs have left. */
    private static void sweep() {
        try (Stream<Path> list = Files.list(TEMPORARY)) {
            for (Path folder : list.toList()) {
                Matcher ours = OURS.matcher(folder.getFileName().toString());
                if (ours.matches()
                        && ProcessHandle.of(Long.parseLong(ours.group(1))).isEmpty()) {
                    remove(folder);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path folder) {
        devicesBelow(folder).forEach(LoopMounts::detach);
        List<String> below = mountsBelow(folder);
        Collections.reverse(below);
        for (String mount : below) {
            run(List.of("umount", "-l", mount));
        }
        // A file system that is still there must keep its files.
        if (Files.exists(folder) && mountsBelow(folder).isEmpty()) {
            try {
                Files.walkFileTree(folder, new Removal());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The block devices of images; those of mounts end with their mounts. */
    private static List<Path> devicesBelow(Path folder) {
        List<Path> devices = new ArrayList<>();
        for (String line : run(List.of("losetup", "--noheadings", "--output", "NAME,AUTOCLEAR,BACK-FILE"))
                .lines()
                .toList()) {
            String[] words = line.strip().split("\\s+", 3);
            if (words.length == 3 && words[1].equals("0") && Path.of(words[2]).startsWith(folder)) {
                devices.add(Path.of(words[0]));
            }
        }
        return devices;
    }

    private static List<String> mountsBelow(Path folder) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return new ArrayList<>(lines.map(line -> line.split(" ")[4])
                    .filter(mount -> Path.of(mount).startsWith(folder))
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }

    private static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(command + ": " + said.strip());
            }
            return said.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
