package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The thin CLI protocol against a real daemon, over its unix socket. */
class XeTest {
    private static final String GREETING = "XenSource thin CLI protocol";

    @TempDir
    Path folder;

    private DaemonProcess daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = DaemonProcess.start(folder);
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    /** What a command prints, and how it ends. */
    private record Outcome(String out, String err, int status) {}

    private Outcome xe(String... args) throws Exception {
        byte[] body = String.join("\n", args).getBytes(StandardCharsets.UTF_8);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(folder.resolve("sock")));
            OutputStream out = Channels.newOutputStream(channel);
            InputStream in = Channels.newInputStream(channel);
            out.write(("POST /cli HTTP/1.0\r\ncontent-length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            assertThat(new String(in.readNBytes(27), StandardCharsets.US_ASCII)).isEqualTo(GREETING);
            byte[] version = in.readNBytes(8);
            new DataOutputStream(out).writeBytes(GREETING);
            out.write(version);
            StringBuilder printed = new StringBuilder();
            StringBuilder errors = new StringBuilder();
            while (true) {
                int length = number(in);
                ByteBuffer message = ByteBuffer.wrap(in.readNBytes(length)).order(ByteOrder.LITTLE_ENDIAN);
                assertThat(message.getInt()).isEqualTo(9);
                int tag = message.getInt();
                if (tag == 4) {
                    return new Outcome(printed.toString(), errors.toString(), message.getInt());
                }
                byte[] text = new byte[message.getInt()];
                message.get(text);
                (tag == 0 ? printed : errors).append(new String(text, StandardCharsets.UTF_8));
            }
        }
    }

    private static int number(InputStream in) throws Exception {
        return ByteBuffer.wrap(in.readNBytes(4)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    @Test
    void aVmIsInstalledStartedListedAndShutDown() throws Exception {
        Outcome install = xe("vm-install", "template=Debian Bookworm 12", "new-name-label=web");
        assertThat(install.status()).isZero();
        String uuid = install.out();
        assertThat(xe("vm-start", "vm=web").status()).isZero();
        assertThat(xe("vm-list", "name-label=web").out())
                .isEqualTo("uuid ( RO)           : " + uuid
                        + "\n     name-label ( RW): web\n    power-state ( RO): running\n\n");
        assertThat(xe("vm-list", "power-state=running", "name-label=web", "--minimal")
                        .out())
                .isEqualTo(uuid);
        assertThat(xe("vm-shutdown", "uuid=" + uuid).status()).isZero();
        assertThat(xe("vm-param-get", "uuid=" + uuid, "param-name=power-state").out())
                .isEqualTo("halted");
        assertThat(xe("vm-uninstall", "uuid=" + uuid, "--force").out()).isEqualTo("All objects destroyed");
        assertThat(xe("vdi-list", "--minimal").out()).isEmpty();
    }

    @Test
    void errorsAreNamedWithTheirParameters() throws Exception {
        Outcome install = xe("vm-install", "template=Other install media", "new-name-label=off");
        Outcome pause = xe("vm-pause", "vm=off");
        assertThat(pause.status()).isEqualTo(1);
        assertThat(pause.err())
                .contains("vm: " + install.out() + " (off)")
                .contains("expected: running")
                .contains("actual: halted");
        assertThat(xe("vm-dance"))
                .isEqualTo(new Outcome("", "Unknown command: vm-dance\nFor usage run: 'xe help'\n", 1));
        assertThat(xe("vm-param-get", "param-name=uuid").err()).contains("Required parameter not found: uuid");
    }

    @Test
    void parametersAreSetAddedRemovedAndCleared() throws Exception {
        String uuid = xe("vm-install", "template=Other install media", "new-name-label=p")
                .out();
        xe("vm-param-set", "uuid=" + uuid, "name-description=text", "other-config:colour=red");
        assertThat(xe("vm-param-get", "uuid=" + uuid, "param-name=name-description")
                        .out())
                .isEqualTo("text");
        assertThat(xe("vm-param-get", "uuid=" + uuid, "param-name=other-config", "param-key=colour")
                        .out())
                .isEqualTo("red");
        xe("vm-param-remove", "uuid=" + uuid, "param-name=other-config", "param-key=colour");
        assertThat(xe("vm-param-get", "uuid=" + uuid, "param-name=other-config", "param-key=colour")
                        .status())
                .isEqualTo(1);
    }
}
