package org.jxapi.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RfbInputTest {
    private final RfbInput viewer = new RfbInput();

    private boolean send(int... bytes) {
        byte[] all = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            all[i] = (byte) bytes[i];
        }
        return viewer.input(all, all.length);
    }

    private boolean version(String version) {
        byte[] bytes = ("RFB 003." + version + "\n").getBytes(StandardCharsets.US_ASCII);
        return viewer.input(bytes, bytes.length);
    }

    @Test
    void keysAndPointerAreInputAndRequestsAreNot() {
        assertThat(version("003") || send(1)).isFalse();
        assertThat(send(3, 1, 0, 0, 0, 0, 4, 4, 4, 4)).as("an update").isFalse();
        assertThat(send(2, 0, 0, 2, 4, 4, 4, 4, 5, 5, 5, 5)).as("encodings").isFalse();
        assertThat(send(0, 0, 0, 0)).as("a format that comes in two parts").isFalse();
        assertThat(send(4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4)).isFalse();
        assertThat(send(6, 0, 0, 0, 0, 0, 0, 2, 4, 5)).as("a text").isFalse();
        assertThat(send(4, 1, 0, 0, 0, 0, 0, 65)).as("a key").isTrue();
        assertThat(send(3, 1, 0, 0, 0, 0, 4, 4, 4, 4, 5, 0, 0, 1, 0, 1))
                .as("an update and the pointer")
                .isTrue();
        assertThat(send(255, 0, 0, 1, 0, 0, 0, 65, 0, 0, 0, 30))
                .as("a key for QEMU")
                .isTrue();
        assertThat(send(255, 1, 0, 2, 4, 4, 4, 4, 4, 4)).as("the form of sound").isFalse();
        assertThat(send(3, 1, 0, 0, 0, 0, 4, 4, 4, 4)).isFalse();
    }

    @Test
    void laterVersionsChooseTheirSecurity() {
        assertThat(version("008") || send(1) || send(1)).isFalse();
        assertThat(send(3, 1, 0, 0, 0, 0, 4, 4, 4, 4)).isFalse();
        assertThat(send(5, 0, 0, 1, 0, 1)).isTrue();
    }

    @Test
    void allCountsAfterAnUnknownMessage() {
        assertThat(version("003") || send(1)).isFalse();
        assertThat(send(99)).isTrue();
        assertThat(send(3)).isTrue();
    }
}
