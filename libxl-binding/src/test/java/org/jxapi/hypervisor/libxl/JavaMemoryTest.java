package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.ffi.LibraryLoader;
import org.junit.jupiter.api.Test;

class JavaMemoryTest {
    @Test
    void childrenDoNotGetTheHeapHoweverItGrows() throws Exception {
        assumeTrue(Runtime.getRuntime().maxMemory() < 30L << 30, "Java puts larger heaps elsewhere");
        JavaMemory memory = new JavaMemory(LibraryLoader.create(LibC.class).load("c"));
        assertThat(betweenTheBounds(false)).isPositive();
        assertNothingIsCopied(memory);

        long before = Runtime.getRuntime().totalMemory();
        byte[][] much = new byte[64][];
        for (int i = 0; i < much.length && Runtime.getRuntime().totalMemory() == before; i++) {
            much[i] = new byte[(int) Math.min(16 << 20, Runtime.getRuntime().maxMemory() / 64)];
        }
        assertNothingIsCopied(memory);
        assertThat(much[0]).isNotNull();
        assertThat(new ProcessBuilder("true").start().waitFor()).isZero();
    }

    /** The heap may grow between the call and the look: then both are repeated. */
    private static void assertNothingIsCopied(JavaMemory memory) throws IOException {
        long copied = -1;
        for (int i = 0; i < 20 && copied != 0; i++) {
            memory.keepFromChildren();
            copied = betweenTheBounds(true);
        }
        assertThat(copied).isZero();
    }

    /**
     * Bytes of nameless writable memory between 2 and 32 GiB.
     *
     * @param copied only what a fork would copy: without the flag "dc"
     */
    private static long betweenTheBounds(boolean copied) throws IOException {
        long sum = 0;
        long size = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            String[] words = line.split(" +");
            if (words[0].matches("[0-9a-f]+-[0-9a-f]+")) {
                long from = Long.parseUnsignedLong(words[0].split("-")[0], 16);
                long to = Long.parseUnsignedLong(words[0].split("-")[1], 16);
                boolean between = from >= 2L << 30 && to > 0 && to <= 32L << 30;
                size = between && words.length == 5 && words[1].startsWith("rw") ? to - from : 0;
            } else if (line.startsWith("VmFlags:") && !(copied && (line + " ").contains(" dc "))) {
                sum += size;
            }
        }
        return sum;
    }
}
