package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jnr.ffi.LibraryLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.Processes;

class DescriptorsTest {
    private static final int CLOEXEC = 02000000;
    private static final int STARTERS = 4;
    private static final int STARTS = 200;

    @TempDir
    Path folder;

    /** The files and sockets that a program would inherit. */
    private static Set<String> inherited() throws Exception {
        Set<String> found = new TreeSet<>();
        try (var all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path fd : all) {
                String number = fd.getFileName().toString();
                Path info = Path.of("/proc/self/fdinfo", number);
                if (Files.exists(info) && Integer.parseInt(number) > 2) {
                    String flags = Files.readAllLines(info).stream()
                            .filter(line -> line.startsWith("flags:"))
                            .findFirst()
                            .orElseThrow()
                            .substring("flags:".length())
                            .strip();
                    String target = Files.readSymbolicLink(fd).toString();
                    boolean kept = (Integer.parseInt(flags, 8) & CLOEXEC) != 0;
                    // The folder is the one that is read here.
                    if (!kept && !target.startsWith("/proc/")) {
                        found.add(target);
                    }
                }
            }
        }
        return found;
    }

    private static void awaitKept() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!inherited().isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(inherited()).isEmpty();
    }

    @Test
    void programsOfLibxlInheritNeitherFilesNorSocketsOfTheDaemon() throws Exception {
        LibC libc = LibraryLoader.create(LibC.class).load("c");
        try (ServerSocketChannel server =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                FileChannel file =
                        FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                Descriptors descriptors = new Descriptors(libc)) {
            assertThat(inherited()).isNotEmpty();
            try (Descriptors.Guarded guarded = descriptors.guard();
                    SocketChannel later = SocketChannel.open(server.getLocalAddress());
                    SocketChannel accepted = server.accept()) {
                awaitKept();
            }
            assertThat(new ProcessBuilder("true").start().waitFor()).isZero();
        }
    }

    @Test
    void programsOfLibxlDoNotKeepPipesOfOtherProgramsOpen() throws Exception {
        LibC libc = LibraryLoader.create(LibC.class).load("c");
        Process reader = Processes.start(new ProcessBuilder("cat"));
        try (Descriptors descriptors = new Descriptors(libc);
                Descriptors.Guarded guarded = descriptors.guard()) {
            awaitKept();
        } finally {
            reader.getOutputStream().close();
        }
        assertThat(reader.waitFor()).isZero();
    }

    @Test
    void programsStartWhileDescriptorsAreKept() throws Exception {
        LibC libc = LibraryLoader.create(LibC.class).load("c");
        Path input = Files.writeString(folder.resolve("input"), "words");
        ExecutorService threads = Executors.newFixedThreadPool(STARTERS);
        try (Descriptors descriptors = new Descriptors(libc)) {
            List<Future<Integer>> started = new ArrayList<>();
            for (int i = 0; i < STARTS; i++) {
                Path output = folder.resolve("output" + i);
                started.add(threads.submit(() -> Processes.start(new ProcessBuilder("cat")
                                .redirectInput(input.toFile())
                                .redirectOutput(output.toFile()))
                        .waitFor()));
            }
            for (Future<Integer> one : started) {
                while (!one.isDone()) {
                    descriptors.guard().close();
                }
                assertThat(one.get()).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
        for (int i = 0; i < STARTS; i++) {
            assertThat(folder.resolve("output" + i)).hasContent("words");
        }
    }

    @Test
    void qemuInheritsTheStateOfItsDevices() throws Exception {
        LibC libc = LibraryLoader.create(LibC.class).load("c");
        Path state = folder.toRealPath().resolve("qemu-resume.7");
        try (Descriptors descriptors = new Descriptors(libc);
                FileChannel open = FileChannel.open(state, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileChannel other = FileChannel.open(
                        folder.resolve("qemu-resume.text"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                Descriptors.Guarded guarded = descriptors.guard()) {
            assertThat(inherited()).containsExactly(state.toString());
        }
    }
}
