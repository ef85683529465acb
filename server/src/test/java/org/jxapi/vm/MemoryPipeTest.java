package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class MemoryPipeTest {
    private static CompletableFuture<byte[]> reading(MemoryPipe pipe, int bytes) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return pipe.in().readNBytes(bytes);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** libxl opens the disks of a guest as soon as it has read all of its memory. */
    @Test
    void theLastPieceArrivesOnlyWithTheEnd() throws Exception {
        try (MemoryPipe pipe = new MemoryPipe()) {
            pipe.out().write(new byte[] {1, 2});
            pipe.out().write(new byte[] {3, 4}, 0, 2);
            assertThat(reading(pipe, 2).get(20, TimeUnit.SECONDS)).containsExactly(1, 2);
            CompletableFuture<byte[]> rest = reading(pipe, 10);
            assertThatThrownBy(() -> rest.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            pipe.end();
            assertThat(rest.get(20, TimeUnit.SECONDS)).containsExactly(3, 4);
        }
    }

    @Test
    void aBrokenPipeHasNoEnd() throws Exception {
        MemoryPipe pipe = new MemoryPipe();
        pipe.out().write(1);
        pipe.out().write(2);
        pipe.close();
        assertThatThrownBy(() -> pipe.in().read()).isInstanceOf(IOException.class);
    }
}
