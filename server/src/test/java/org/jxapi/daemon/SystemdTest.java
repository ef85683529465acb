package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.datamodel.Type;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;
import org.jxapi.harness.DaemonProcess;

/** The reports to systemd. A helper in Python reads them from a real datagram socket, since Java has none. */
class SystemdTest {
    private static final String HELPER = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            name = sys.argv[1]
            s.bind('\\0' + name[1:] if name[0] == '@' else name)
            print('bound', flush=True)
            while True:
                print(s.recv(4096).decode().split('\\n')[0], flush=True)
            """;

    @TempDir
    Path folder;

    private Process helper;
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

    private void listen(String name) throws Exception {
        Path script = Files.writeString(folder.resolve("listen.py"), HELPER);
        helper = new ProcessBuilder("python3", script.toString(), name)
                .redirectError(folder.resolve("helper").toFile())
                .start();
        Thread reader = new Thread(
                () -> new BufferedReader(new InputStreamReader(helper.getInputStream(), StandardCharsets.UTF_8))
                        .lines()
                        .forEach(messages::add));
        reader.setDaemon(true);
        reader.start();
        assertThat(next()).isEqualTo("bound");
    }

    private String next() throws InterruptedException {
        return messages.poll(60, TimeUnit.SECONDS);
    }

    @AfterEach
    void end() {
        if (helper != null) {
            helper.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"path", "abstract"})
    void theDaemonTellsWhenItIsReadyThatItIsWellAndThatItStops(String kind) throws Exception {
        String socket = kind.equals("path") ? folder.resolve("notify").toString() : "@jxapi-test-" + UUID.randomUUID();
        listen(socket);
        Process daemon = DaemonProcess.launch(
                folder,
                List.of(
                        "--data-dir=" + folder.resolve("data"),
                        "--http=127.0.0.1:0",
                        "--https=off",
                        "--unix-socket=off",
                        "--hypervisor=simulator"),
                Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "40000000"));
        try {
            assertThat(next()).isEqualTo("READY=1");
            assertThat(next()).isEqualTo("WATCHDOG=1");
            assertThat(next()).isEqualTo("WATCHDOG=1");
            daemon.destroy();
            String last = next();
            while ("WATCHDOG=1".equals(last)) {
                last = next();
            }
            assertThat(last).isEqualTo("STOPPING=1");
            assertThat(daemon.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            daemon.destroyForcibly();
        }
    }

    /** Answers as a daemon does, until something is stuck. */
    private static final class Answers implements Dispatcher {
        private static final Reply ANSWER = new Reply.Success(Type.Basic.STRING, "OpaqueRef:x");

        private final List<CompletableFuture<Reply>> waiting = new CopyOnWriteArrayList<>();
        private volatile String stuck = "";
        private volatile String refused = "";

        @Override
        public CompletableFuture<Reply> dispatch(Call.Request request) {
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            if (request.method().equals(stuck)) {
                waiting.add(reply);
            } else if (request.method().equals(refused)) {
                reply.complete(new Reply.Failure("INTERNAL_ERROR", List.of("no space")));
            } else {
                reply.complete(ANSWER);
            }
            return reply;
        }

        void goOn() {
            stuck = "";
            waiting.forEach(reply -> reply.complete(ANSWER));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"task.create", "task.destroy", "pool.sync_database"})
    void aDaemonThatIsStuckIsNoLongerWell(String stuck) throws Exception {
        String socket = folder.resolve("notify").toString();
        listen(socket);
        Answers answers = new Answers();
        Systemd systemd = Systemd.of(Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "400000"));
        try (Watchdog watchdog = Watchdog.start(systemd, answers, Duration.ofMillis(200))) {
            assertThat(watchdog).isNotNull();
            assertThat(next()).isEqualTo("WATCHDOG=1");
            answers.stuck = stuck;
            String message = next();
            while ("WATCHDOG=1".equals(message)) {
                message = next();
            }
            assertThat(message).startsWith("STATUS=Stuck: ");
            answers.goOn();
            assertThat(next()).isEqualTo("WATCHDOG=1");
        }
    }

    /** Without the patience for busy workers, 64 long copies would look like a fault. */
    @Test
    void workersThatAreBusyForAWhileAreNoFault() throws Exception {
        Answers answers = new Answers();
        answers.stuck = "pool.sync_database";
        SelfCheck check = new SelfCheck(answers, Duration.ofMillis(50), Duration.ofHours(1));
        assertThat(check.stuck()).isNull();
        assertThat(check.stuck()).isNull();
        check = new SelfCheck(answers, Duration.ofMillis(50), Duration.ZERO);
        assertThat(check.stuck()).contains("no worker has taken a call");
    }

    /** An error is an answer: a daemon whose disk is full refuses logins, and is healthy. */
    @Test
    void aLoginThatIsRefusedIsNoFault() throws Exception {
        Answers answers = new Answers();
        answers.refused = "session.login_with_password";
        SelfCheck check = new SelfCheck(answers, Duration.ofSeconds(20), Duration.ofHours(1));
        assertThat(check.stuck()).isNull();
        assertThat(check.stuck()).isNull();
    }

    @Test
    void withoutSystemdThereIsNothingToTell() {
        assertThat(Systemd.of(Map.of()).watchdog()).isNull();
        assertThat(Systemd.of(Map.of("NOTIFY_SOCKET", "relative", "WATCHDOG_USEC", "1000"))
                        .watchdog())
                .isNull();
        assertThat(Systemd.of(Map.of("NOTIFY_SOCKET", "/s", "WATCHDOG_USEC", "x"))
                        .watchdog())
                .isNull();
        assertThat(Systemd.of(Map.of("NOTIFY_SOCKET", "/s", "WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1"))
                        .watchdog())
                .isNull();
        assertThat(Systemd.of(Map.of("NOTIFY_SOCKET", "/s", "WATCHDOG_USEC", "1000"))
                        .watchdog())
                .isEqualTo(Duration.ofMillis(1));
        Systemd.of(Map.of("NOTIFY_SOCKET", folder.resolve("nobody").toString())).ready();
    }
}
