package org.jxapi.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * The options of Java with which the tests' daemons find their classes. With the property {@code jxapi.class-archive}, the
 * first daemon of a build archives the classes as {@code jxapid --class-archive} does, and all later ones start in less
 * time. Java archives classes of jars only, so the folders of classes are packed first.
 */
final class DaemonClasses {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final String PATH = System.getProperty("java.class.path");

    private DaemonClasses() {}

    /** The options, which end with the class path. */
    static List<String> options() {
        return Options.ALL;
    }

    private static final class Options {
        private static final List<String> ALL = all();

        private static List<String> all() {
            if (!Boolean.getBoolean("jxapi.class-archive")) {
                return List.of("-cp", PATH);
            }
            try {
                return archived(Path.of("target/class-archive").toAbsolutePath());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private static List<String> archived(Path folder) throws IOException, InterruptedException {
        List<String> jars = new ArrayList<>();
        List<Path> folders = new ArrayList<>();
        String tests = "";
        for (String entry : PATH.split(":")) {
            Path path = Path.of(entry).toAbsolutePath();
            if (path.endsWith("test-classes")) {
                tests = ":" + path;
            } else if (Files.isDirectory(path)) {
                jars.add(folder.resolve(folders.size() + ".jar").toString());
                folders.add(path);
            } else {
                jars.add(path.toString());
            }
        }
        Path archive = folder.resolve("jxapid.jsa");
        Path done = folder.resolve("done");
        Files.createDirectories(folder);
        try (FileChannel channel =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && !isNewer(done, jars, folders)) {
                Files.deleteIfExists(archive);
                for (int i = 0; i < folders.size(); i++) {
                    pack(folders.get(i), folder.resolve(i + ".jar"));
                }
                make(archive, String.join(":", jars));
                Files.write(done, new byte[0]);
            }
        }
        return List.of(
                "-XX:SharedArchiveFile=" + archive,
                "-Xshare:auto",
                "-Xlog:cds=off",
                "-Xlog:cds+dynamic=off",
                "-cp",
                String.join(":", jars) + tests);
    }

    /** Whether the archive is newer than all classes, so that no test runs an older build. */
    private static boolean isNewer(Path done, List<String> jars, List<Path> folders) throws IOException {
        if (!Files.exists(done)) {
            return false;
        }
        FileTime made = Files.getLastModifiedTime(done);
        List<Path> all = new ArrayList<>(folders);
        for (String jar : jars) {
            if (!Path.of(jar).startsWith(done.getParent())) {
                all.add(Path.of(jar));
            }
        }
        for (Path top : all) {
            try (Stream<Path> files = Files.walk(top)) {
                for (Path file : files.toList()) {
                    if (Files.getLastModifiedTime(file).compareTo(made) > 0) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static void make(Path archive, String classPath) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        JAVA,
                        "-XX:+UseSerialGC",
                        "-XX:ArchiveClassesAtExit=" + archive,
                        "-cp",
                        classPath,
                        "org.jxapi.daemon.ArchiveRun")
                .redirectErrorStream(true)
                .redirectOutput(archive.resolveSibling("log").toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0 || !Files.exists(archive)) {
            process.destroyForcibly();
            throw new IOException(
                    "no class archive could be made:\n" + Files.readString(archive.resolveSibling("log")));
        }
    }

    /** The entries of folders are needed too: Flyway finds its scripts by them. */
    private static void pack(Path folder, Path jar) throws IOException {
        int status = ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(System.out, System.err, "-c", "-0", "-f", jar.toString(), "-C", folder.toString(), ".");
        if (status != 0) {
            throw new IOException("cannot pack " + folder);
        }
    }
}
