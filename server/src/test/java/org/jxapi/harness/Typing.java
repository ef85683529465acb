package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jxapi.console.Channel;

/** The keys and the screen of a person at the text console of a guest or a host. */
public final class Typing {
    private Typing() {}

    /** Reads until a text is there, and returns all that was read. */
    public static String until(Channel channel, String text) throws IOException {
        StringBuilder all = new StringBuilder();
        byte[] buffer = new byte[1024];
        while (all.indexOf(text) < 0) {
            int count = channel.read(buffer);
            assertThat(count).as("the end, after: %s", all).isNotNegative();
            all.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
        }
        return all.toString();
    }

    /** Presses these keys. */
    public static void type(Channel channel, String keys) throws IOException {
        byte[] bytes = keys.getBytes(StandardCharsets.UTF_8);
        channel.write(bytes, 0, bytes.length);
    }
}
