package org.jxapi.xe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command may be silent for as long as its work takes. */
class XeConnectionTest {
    private static final List<Path> SOCKETS = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    @TempDir
    Path folder;

    /** Of a line: local address, remote address, state, queues, timer; a timer of kind 2 is that of keepalives. */
    private static boolean keptAlive(int server) throws Exception {
        String remote = String.format(Locale.ROOT, ":%04X", server);
        List<String> lines = new ArrayList<>();
        for (Path sockets : SOCKETS) {
            lines.addAll(Files.exists(sockets) ? Files.readAllLines(sockets) : List.of());
        }
        return lines.stream()
                .map(line -> line.strip().split(" +"))
                .anyMatch(part -> part[2].endsWith(remote) && part[3].equals("01") && part[5].startsWith("02:"));
    }

    @Test
    void aSilentServerIsWaitedForAndAskedWhetherItIsThere() throws Exception {
        CountDownLatch looked = new CountDownLatch(1);
        boolean[] kept = new boolean[1];
        try (FakeServer server = new FakeServer("", (s, in, out) -> {
            try {
                for (int i = 0; i < 1000 && !kept[0]; i++) {
                    kept[0] = keptAlive(s.port());
                    looked.await(kept[0] ? 0 : 10, TimeUnit.MILLISECONDS);
                }
            } catch (Exception e) {
                throw new java.io.IOException(e);
            }
            FakeServer.exit(out, 0);
        })) {
            assertThat(new XeProcess(folder).at(server, "event-wait", "class=vm"))
                    .isEqualTo(new XeProcess.Outcome("", "", 0));
            assertThat(kept[0]).isTrue();
        }
    }
}
