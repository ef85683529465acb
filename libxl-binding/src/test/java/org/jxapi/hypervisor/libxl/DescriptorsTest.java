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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import jnr.ffi.LibraryLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorsTest {
    private static final int CLOEXEC = 02000000;

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
                    // Pipes may belong to a process that is being started, and the folder is the one that is read here.
                    if (!kept && !target.startsWith("pipe:") && !target.startsWith("/proc/")) {
                        found.add(target);
                    }
                }
            }
        }
        return found;
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
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                while (!inherited().isEmpty() && System.nanoTime() < deadline) {
                    Thread.onSpinWait();
                }
                assertThat(inherited()).isEmpty();
            }
            assertThat(new ProcessBuilder("true").start().waitFor()).isZero();
        }
    }
}
