package org.jxapi.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ByteQueueTest {
    private final ByteQueue queue = new ByteQueue(4);
    private final byte[] buffer = new byte[3];

    private void append(String text) {
        queue.append(text.getBytes(StandardCharsets.US_ASCII), text.length());
    }

    private String take() throws InterruptedException {
        int count = queue.take(buffer);
        return count < 0 ? "the end" : new String(buffer, 0, count, StandardCharsets.US_ASCII);
    }

    private String copy() {
        return new String(queue.copy(), StandardCharsets.US_ASCII);
    }

    @Test
    void bytesComeInTheirOrder() throws Exception {
        append("ab");
        append("cd");
        assertThat(copy()).isEqualTo("abcd");
        assertThat(take()).isEqualTo("abc");
        append("ef");
        assertThat(take()).isEqualTo("def");
    }

    @Test
    void theOldestAreLostWhenNobodyTakesThem() throws Exception {
        append("abcdefgh");
        append("i");
        assertThat(copy()).isEqualTo("fghi");
        assertThat(take()).isEqualTo("fgh");
        assertThat(take()).isEqualTo("i");
    }

    @Test
    void whatCameBeforeTheEndIsStillTaken() throws Exception {
        append("a");
        queue.end();
        assertThat(take()).isEqualTo("a");
        assertThat(take()).isEqualTo("the end");
        assertThat(take()).isEqualTo("the end");
    }

    @Test
    void aReaderWaitsForBytesAndForTheEnd() throws Exception {
        for (Runnable then : new Runnable[] {() -> append("x"), queue::end}) {
            CompletableFuture<String> taken = new CompletableFuture<>();
            Thread reader = new Thread(() -> {
                try {
                    taken.complete(take());
                } catch (InterruptedException e) {
                    taken.completeExceptionally(e);
                }
            });
            reader.start();
            while (reader.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            then.run();
            assertThat(taken.get(30, TimeUnit.SECONDS)).isIn("x", "the end");
        }
    }
}
