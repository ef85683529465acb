package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.xenapi.Errors;

class ZstdStreamsTest {
    private static final int MIB = 1 << 20;

    private final byte[] content = content();
    private final TransferMemory windows = ZstdStreams.windows();

    @TempDir
    Path folder;

    /** 6 MiB, of which a part can be packed. */
    private static byte[] content() {
        byte[] content = new byte[6 * MIB];
        new Random(1).nextBytes(content);
        Arrays.fill(content, MIB, 4 * MIB, (byte) 7);
        return content;
    }

    private static byte[] packed(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        ZstdStreams.write(packed, out -> write(out, content));
        return packed.toByteArray();
    }

    private static void write(OutputStream out, byte[] content) {
        try {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] plain(byte[] packed) throws IOException {
        return ZstdStreams.read(
                new BufferedInputStream(new ByteArrayInputStream(packed)), windows, ZstdStreamsTest::all);
    }

    private static byte[] all(InputStream in) {
        try {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A frame that has a window of so many bytes: of zeros, as many as the window and one more. */
    private static byte[] withWindow(int log) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZstdOutputStream out = new ZstdOutputStream(packed)) {
            out.setLong(log);
            byte[] zeros = new byte[MIB];
            for (int i = 0; i < 1 << log - 20; i++) {
                out.write(zeros);
            }
            out.write(0);
        }
        return packed.toByteArray();
    }

    @Test
    void whatIsPackedUnpacksToTheSame() throws Exception {
        byte[] packed = packed(content);
        assertThat(packed).startsWith(0x28, 0xB5, 0x2F, 0xFD).hasSizeLessThan(4 * MIB);
        assertThat(plain(packed)).isEqualTo(content);
        assertThat(plain(packed(new byte[0]))).isEmpty();
    }

    @Test
    void framesInARowAreOneStream() throws Exception {
        byte[] packed = packed(content);
        byte[] twice = Arrays.copyOf(packed, 2 * packed.length);
        System.arraycopy(packed, 0, twice, packed.length, packed.length);
        assertThat(plain(twice)).startsWith(content).endsWith(content).hasSize(2 * content.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 6, 17, 1000, MIB, 3 * MIB})
    void aStreamThatIsCutOffIsAnError(int length) throws Exception {
        byte[] packed = packed(content);
        assertThatThrownBy(() -> plain(Arrays.copyOf(packed, length))).hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void aDamagedStreamIsAnError() throws Exception {
        byte[] packed = packed(content);
        // A byte of a literal block, which only the checksum notices.
        packed[packed.length - MIB] ^= 1;
        assertThatThrownBy(() -> plain(packed)).hasMessageContaining("checksum");
    }

    @Test
    void windowsOfMoreThanTheProgramsLimitAreRefused() throws Exception {
        byte[] largest = withWindow(27);
        assertThat(ZstdStreams.window(largest)).isEqualTo(1L << 27);
        assertThat(ZstdStreams.<Long>read(
                        new BufferedInputStream(new ByteArrayInputStream(largest)), windows, ZstdStreamsTest::count))
                .isEqualTo((1L << 27) + 1);
        largest[5] = (byte) (28 - 10 << 3);
        assertThatThrownBy(() -> plain(largest))
                .hasMessageContaining("IMPORT_ERROR")
                .hasMessageContaining("the window of the zstd stream has 268435456 bytes")
                .hasMessageContaining("smaller window");
    }

    private static long count(InputStream in) {
        try {
            return in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aLaterFrameGetsNoLargerWindowThanTheFirst() throws Exception {
        byte[] first = packed(content);
        byte[] second = withWindow(24);
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        assertThatThrownBy(() -> plain(both)).hasMessageContaining("too much memory");
    }

    @Test
    void largeWindowsShareMemoryAndSmallOnesNeedNone() throws Exception {
        byte[] large = withWindow(24);
        byte[] small = packed(content);
        TransferMemory.Taken most = windows.take("most", 128L * MIB, Errors::importError);
        try (TransferMemory.Taken more = windows.take("more", 120L * MIB, Errors::importError)) {
            assertThatThrownBy(() -> plain(large)).hasMessageContaining("try again later");
            assertThat(plain(small)).isEqualTo(content);
            most.close();
            assertThat(plain(large)).hasSize(16 * MIB + 1);
        }
    }

    /** RFC 8878, 3.1.1.1. */
    @Test
    void theWindowIsReadFromEachFormOfHeader() {
        assertThat(window(0x00, 0x00)).isEqualTo(1024);
        assertThat(window(0x04, 0x0D << 3 | 7)).isEqualTo((1L << 23) / 8 * 15);
        assertThat(window(0x04, 0xFF)).isEqualTo((1L << 41) / 8 * 15);
        assertThat(window(0x20, 200)).isEqualTo(200);
        assertThat(window(0x20, 0)).isEqualTo(1);
        assertThat(window(0x61, 99, 1, 1)).isEqualTo(256 + 257);
        assertThat(window(0xA2, 99, 99, 0, 0, 0, 0x80)).isEqualTo(1L << 31);
        assertThat(window(0xE3, 9, 9, 9, 9, 0, 0, 0, 0, 1, 0, 0, 0)).isEqualTo(1L << 32);
        assertThat(window(0xE0, 0, 0, 0, 0, 0, 0, 0, 0xFF)).isEqualTo(Long.MAX_VALUE);
    }

    private static long window(int... header) {
        byte[] bytes = new byte[18];
        for (int i = 0; i < header.length; i++) {
            bytes[4 + i] = (byte) header[i];
        }
        return ZstdStreams.window(bytes);
    }

    @Test
    void anArchiveWhoseWorkFailedGetsNoEnd() {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        assertThatThrownBy(() -> ZstdStreams.write(packed, out -> {
                    write(out, content);
                    throw new IllegalStateException("the disk is gone");
                }))
                .hasMessage("the disk is gone");
        assertThat(packed.size()).isPositive();
        assertThatThrownBy(() -> plain(packed.toByteArray())).hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void theProgramReadsWhatIsWrittenHere() throws Exception {
        Path file = Files.write(folder.resolve("a.zst"), packed(content));
        program("-d", file);
        assertThat(folder.resolve("a")).hasBinaryContent(content);
    }

    @Test
    void whatTheProgramWritesIsReadAndWrittenTheSameWay() throws Exception {
        program("-T1", Files.write(folder.resolve("a"), content));
        byte[] packed = Files.readAllBytes(folder.resolve("a.zst"));
        assertThat(plain(packed)).isEqualTo(content);
        // The program's default level.
        assertThat((double) packed(content).length).isBetween(packed.length * 0.99, packed.length * 1.01);
        assertThat(Zstd.defaultCompressionLevel()).isEqualTo(3);
    }

    /** Runs the program zstd if the machine has it. */
    private void program(String option, Path file) throws Exception {
        boolean installed = Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "zstd")));
        assumeThat(installed).as("zstd is installed").isTrue();
        run(List.of("zstd", "-q", option, file.toString()));
    }

    private String run(List<String> command) throws Exception {
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(out)).isZero();
        return Files.readString(out);
    }

    @Test
    void aHostThatCannotLoadTheLibrarySaysSo() throws Exception {
        String said = run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-DZstdNativePath=/no/such/library.so",
                "-cp",
                System.getProperty("java.class.path"),
                WithoutLibrary.class.getName()));
        assertThat(said)
                .contains("OPERATION_NOT_ALLOWED")
                .contains("cannot load the native library of zstd")
                .contains("/no/such/library.so")
                .contains("gzip");
    }

    /** Prints the error of an archive that cannot be packed. */
    static final class WithoutLibrary {
        private WithoutLibrary() {}

        public static void main(String[] args) throws IOException {
            try {
                ZstdStreams.write(OutputStream.nullOutputStream(), out -> {});
            } catch (RuntimeException e) {
                System.out.println(e);
            }
        }
    }
}
