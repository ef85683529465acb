package org.jxapi.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One terminal and several viewers; the guest's end is a socket, as with the simulator. */
@Timeout(60)
class TerminalsTest {
    @TempDir
    Path folder;

    private final Terminals terminals = new Terminals();
    private ServerSocketChannel guests;
    private String path;

    @BeforeEach
    void listen() throws IOException {
        Path file = folder.resolve("tty");
        path = file.toString();
        guests = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file));
    }

    @AfterEach
    void close() throws IOException {
        guests.close();
    }

    private static void say(SocketChannel guest, String text) throws IOException {
        guest.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String read(Channel viewer, int length) throws IOException {
        StringBuilder all = new StringBuilder();
        byte[] buffer = new byte[64];
        while (all.length() < length) {
            int count = viewer.read(buffer);
            assertThat(count).as("the end, after %s", all).isPositive();
            all.append(new String(buffer, 0, count, StandardCharsets.US_ASCII));
        }
        return all.toString();
    }

    private static String typed(SocketChannel guest) throws IOException {
        ByteBuffer typed = ByteBuffer.allocate(64);
        return guest.read(typed) < 0
                ? "the end"
                : new String(typed.array(), 0, typed.position(), StandardCharsets.US_ASCII);
    }

    @Test
    void allViewersShareOneTerminal() throws Exception {
        try (Channel first = terminals.join(path);
                SocketChannel guest = guests.accept();
                Channel second = terminals.join(path)) {
            say(guest, "login: ");
            assertThat(read(first, 7)).isEqualTo("login: ");
            assertThat(read(second, 7)).isEqualTo("login: ");
            first.write(new byte[] {'a', 'b', 'c'}, 1, 2);
            assertThat(typed(guest)).isEqualTo("bc");
        }
    }

    @Test
    void aLateViewerSeesTheLatestOutput() throws Exception {
        try (Channel first = terminals.join(path);
                SocketChannel guest = guests.accept()) {
            say(guest, "login: ");
            read(first, 7);
            try (Channel late = terminals.join(path)) {
                assertThat(read(late, 7)).isEqualTo("login: ");
            }
        }
    }

    @Test
    void theLastViewerClosesTheTerminalAndTheNextOpensItAgain() throws Exception {
        Channel first = terminals.join(path);
        Channel second = terminals.join(path);
        try (SocketChannel guest = guests.accept()) {
            first.close();
            second.write(new byte[] {'x'}, 0, 1);
            assertThat(typed(guest)).isEqualTo("x");
            second.close();
            second.close();
            assertThat(typed(guest)).isEqualTo("the end");
        }
        try (Channel third = terminals.join(path);
                SocketChannel guest = guests.accept()) {
            say(guest, "new");
            assertThat(read(third, 3)).isEqualTo("new");
        }
    }

    @Test
    void allViewersSeeTheEndOfTheTerminal() throws Exception {
        try (Channel first = terminals.join(path);
                Channel second = terminals.join(path)) {
            SocketChannel guest = guests.accept();
            say(guest, "bye");
            guest.close();
            assertThat(read(first, 3)).isEqualTo("bye");
            assertThat(read(second, 3)).isEqualTo("bye");
            assertThat(first.read(new byte[1])).isEqualTo(-1);
            assertThat(second.read(new byte[1])).isEqualTo(-1);
        }
    }

    @Test
    void aTerminalThatIsNotThereIsAnError() {
        assertThatThrownBy(() -> terminals.join(path + "-gone")).isInstanceOf(NoSuchFileException.class);
    }
}
