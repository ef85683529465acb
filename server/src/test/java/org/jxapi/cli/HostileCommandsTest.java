package org.jxapi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jxapi.cli.command.AllCommands;
import org.jxapi.cli.command.Command;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.HostileRun;
import org.jxapi.harness.HostileValues;

/**
 * Commands with odd parameters, and clients that do not keep to the protocol of the command line. Each ends, and
 * {@link HostileRun} checks what holds afterwards.
 *
 * <p>A build tries 300 cases; {@code -Djqwik.tries.default=N} tries N.
 */
class HostileCommandsTest {
    private static final String GREETING = "XenSource thin CLI protocol";
    /** They wait for what may never come, end the run itself, or part disks from their files. */
    private static final Set<String> LEFT = Set.of(
            "event-wait",
            "host-shutdown",
            "host-shutdown-agent",
            "host-reboot",
            "user-password-change",
            "host-power-on",
            "sr-forget",
            "pbd-destroy",
            "vdi-forget",
            "vdi-introduce");

    private static final List<String> COMMANDS = AllCommands.table().commands().stream()
            .map(Command::name)
            .filter(name -> !LEFT.contains(name))
            .toList();

    private static HostileRun run;

    @BeforeContainer
    static void start() throws Exception {
        run = HostileRun.withGuests();
    }

    @AfterContainer
    static void stop() throws Exception {
        run.end();
    }

    @AfterProperty
    void theNextClientIsServed() throws Exception {
        run.checkItServes();
    }

    /** Sends the command over TCP and reads until the server ends the connection. */
    @Property(shrinking = ShrinkingMode.OFF)
    void everyCommandLineEnds(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        HostileValues values = run.values();
        String name = HostileValues.pick(COMMANDS, random);
        List<String> lines = new ArrayList<>(
                List.of(name, "username=root", "password=" + run.daemon().password()));
        Command command = AllCommands.table().find(name).orElseThrow();
        for (String required : command.required()) {
            if (random.nextInt(10) > 0) {
                lines.add(required + "=" + argument(values, random));
            }
        }
        for (String optional : command.optional()) {
            if (random.nextInt(6) == 0) {
                lines.add(optional + (optional.endsWith(":") ? "x=" : "=") + argument(values, random));
            }
        }
        if (random.nextInt(10) == 0) {
            lines.add(random.nextInt(lines.size()), argument(values, random));
        }
        byte[] body = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        byte[] head = head(body);
        if (random.nextInt(10) == 0) {
            body = HostileValues.damaged(body, random);
        }
        URL url = run.daemon().http();
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(120_000);
            OutputStream out = socket.getOutputStream();
            out.write(head);
            out.write(body);
            out.write(greeting());
            byte[] replies = new byte[random.nextInt(64)];
            random.nextBytes(replies);
            out.write(replies);
            socket.shutdownOutput();
            drain(socket.getInputStream());
        } catch (SocketException e) {
            assertThat(e.getMessage()).as(name).containsAnyOf("Broken pipe", "reset");
        }
    }

    private static byte[] head(byte[] body) {
        return ("POST /cli HTTP/1.0\r\ncontent-length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] greeting() {
        byte[] text = GREETING.getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = Arrays.copyOf(text, text.length + 2 * Integer.BYTES);
        bytes[text.length + Integer.BYTES] = 2;
        return bytes;
    }

    /** It has got the order to upload, and the bar of the progress cannot be sent to it. */
    @Example
    void theTaskOfAClientThatGoesBeforeItsUploadEnds() throws Exception {
        String line = "vm-import\nusername=root\npassword=" + run.daemon().password()
                + "\nfilename=/tmp/none.xva\n--progress";
        byte[] body = line.getBytes(StandardCharsets.UTF_8);
        URL url = run.daemon().http();
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoLinger(true, 0);
            OutputStream out = socket.getOutputStream();
            out.write(head(body));
            out.write(body);
            out.write(greeting());
            Eventually.holds(() -> assertThat(imports()).isNotEmpty());
        }
        Eventually.holds(() -> assertThat(imports()).isEmpty());
    }

    private static List<String> imports() throws Exception {
        List<String> imports = new ArrayList<>();
        run.json().ok("task.get_all_records", run.session()).forEach(task -> {
            if (task.path("name_label").asText().equals("VM import")) {
                imports.add(task.toString());
            }
        });
        return imports;
    }

    private static String argument(HostileValues values, Random random) {
        return values.text(random).replace("\n", random.nextBoolean() ? "" : "\n");
    }

    private static void drain(InputStream in) throws IOException {
        byte[] buffer = new byte[8192];
        long left = 64 << 20;
        for (int n = 0; n >= 0 && left > 0; left -= n) {
            n = in.read(buffer);
        }
    }
}
