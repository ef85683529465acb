package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SlowHeadTest {
    private final AtomicLong now = new AtomicLong();

    @Test
    void aByteASecondGoesOutAndTheRestAtTheEnd() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SlowHead trickle = new SlowHead(new Outgoing(out), now::get, new byte[] {1, 2, 3}, new byte[] {4, 5, 6});
        trickle.flow();
        assertThat(out.size()).isZero();
        for (int i = 1; i <= 3; i++) {
            now.addAndGet(TimeUnit.SECONDS.toNanos(1));
            trickle.flow();
            trickle.flow();
            assertThat(out.size()).isEqualTo(i);
        }
        trickle.finish();
        assertThat(out.toByteArray()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void nothingMoreThanThereIsGoesOut() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SlowHead trickle = new SlowHead(new Outgoing(out), now::get, new byte[2]);
        for (int i = 0; i < 10; i++) {
            now.addAndGet(TimeUnit.SECONDS.toNanos(2));
            trickle.flow();
        }
        trickle.finish();
        assertThat(out.size()).isEqualTo(2);
    }

    @Test
    void aClientThatHasGoneEndsTheWork() {
        SlowHead trickle = new SlowHead(
                new Outgoing(new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                }),
                now::get,
                new byte[10]);
        now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThatThrownBy(trickle::flow).hasMessageContaining("CLIENT_ERROR");
    }
}
