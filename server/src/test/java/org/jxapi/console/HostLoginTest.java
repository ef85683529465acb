package org.jxapi.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jxapi.harness.Typing.type;
import static org.jxapi.harness.Typing.until;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs on terminals of their own, with a shell in the place of a login. */
@Timeout(60)
class HostLoginTest {
    private final HostLogin login = new HostLogin(List.of("/bin/sh"));

    @Test
    void theProgramHasATerminalWithASizeAndShowsWhatIsTyped() throws Exception {
        try (Channel channel = login.open()) {
            type(channel, "stty size; tty\n");
            assertThat(until(channel, "/dev/pts/")).contains("stty size; tty", "24 80");
            type(channel, "exit\n");
            byte[] buffer = new byte[1024];
            while (channel.read(buffer) >= 0) {
                // The channel ends with the program.
            }
        }
    }

    @Test
    void theProgramEndsWithTheChannel() throws Exception {
        long shell;
        try (Channel channel = login.open()) {
            type(channel, "echo pid=$$=\n");
            String shown = until(channel, "pid=");
            while (!shown.matches("(?s).*pid=\\d+=.*")) {
                shown += until(channel, "=");
            }
            shell = Long.parseLong(shown.replaceFirst("(?s).*pid=(\\d+)=.*", "$1"));
            assertThat(ProcessHandle.of(shell)).isPresent();
        }
        ProcessHandle.of(shell)
                .ifPresent(left -> left.onExit().orTimeout(20, TimeUnit.SECONDS).join());
    }

    @Test
    void thereIsALimitAndAClosedOneMakesRoom() throws Exception {
        HostLogin many = new HostLogin(List.of("/bin/cat"));
        List<Channel> open = new ArrayList<>();
        try {
            for (int i = 0; i < 16; i++) {
                open.add(many.open());
            }
            assertThatThrownBy(many::open).isInstanceOf(IOException.class).hasMessageContaining("too many");
            open.remove(0).close();
            open.add(many.open());
        } finally {
            for (Channel channel : open) {
                channel.close();
            }
        }
    }
}
