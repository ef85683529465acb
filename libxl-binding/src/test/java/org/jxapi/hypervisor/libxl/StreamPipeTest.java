package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.HypervisorException;

/** Pipes between a descriptor, as libxl uses it, and a stream of Java. */
class StreamPipeTest {
    private static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
    private static final int SIZE = 1_000_003;

    private static byte[] bytes() {
        byte[] bytes = new byte[SIZE];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    @Test
    void whatTheDescriptorGetsIsInTheStream() {
        byte[] sent = bytes();
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        Pointer memory = LIBC.calloc(1, SIZE);
        memory.put(0, sent, 0, SIZE);
        try (StreamPipe pipe = StreamPipe.to(LIBC, stream)) {
            for (long written = 0; written < SIZE; ) {
                written += LIBC.write(pipe.fd(), memory.slice(written), SIZE - written);
            }
            pipe.finish("a test");
        }
        LIBC.free(memory);
        assertThat(stream.toByteArray()).isEqualTo(sent);
    }

    @Test
    void theDescriptorGetsWhatWasReadAlreadyAndThenTheStream() {
        byte[] sent = bytes();
        byte[] first = Arrays.copyOf(sent, 24);
        byte[] got = new byte[SIZE];
        Pointer memory = LIBC.calloc(1, SIZE);
        try (StreamPipe pipe = StreamPipe.from(LIBC, first, new ByteArrayInputStream(sent, 24, SIZE - 24))) {
            int read = 0;
            int more = (int) LIBC.read(pipe.fd(), memory, SIZE);
            while (more > 0) {
                memory.get(0, got, read, more);
                read += more;
                more = (int) LIBC.read(pipe.fd(), memory, SIZE);
            }
            assertThat(read).isEqualTo(SIZE);
        }
        LIBC.free(memory);
        assertThat(got).isEqualTo(sent);
    }

    @Test
    void aStreamThatTakesNothingIsAFailure() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("full");
            }
        };
        try (StreamPipe pipe = StreamPipe.to(LIBC, full)) {
            Pointer memory = LIBC.calloc(1, 1);
            LIBC.write(pipe.fd(), memory, 1);
            LIBC.free(memory);
            assertThatThrownBy(() -> pipe.finish("a test"))
                    .isInstanceOf(HypervisorException.class)
                    .hasMessageContaining("full");
        }
    }

    @Test
    void theThreadEndsWhenTheDescriptorIsClosedBeforeTheEndOfTheStream() throws Exception {
        CountDownLatch dead = new CountDownLatch(1);
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 1;
            }
        };
        Thread[] pump = new Thread[1];
        InputStream seen = new InputStream() {
            @Override
            public int read() throws IOException {
                return endless.read();
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                pump[0] = Thread.currentThread();
                dead.countDown();
                return endless.read(to, offset, length);
            }
        };
        StreamPipe.from(LIBC, new byte[0], seen).close();
        if (dead.await(1, TimeUnit.SECONDS)) {
            pump[0].join(20_000);
            assertThat(pump[0].isAlive()).isFalse();
        }
    }
}
