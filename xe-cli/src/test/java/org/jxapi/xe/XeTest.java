package org.jxapi.xe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client, in a process of its own, obeys any server of the thin CLI protocol. */
class XeTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";

    @TempDir
    Path folder;

    private XeProcess.Outcome xe(FakeServer server, String... args) throws Exception {
        return new XeProcess(folder).at(server, args);
    }

    @Test
    void theCommandLineGoesToTheServerAsItIs() throws Exception {
        try (FakeServer server = new FakeServer(OK, (s, in, out) -> {
            FakeServer.command(out, 0, "printed");
            FakeServer.command(out, 16, "warned");
            FakeServer.command(out, 15, "for nobody");
            FakeServer.exit(out, 3);
        })) {
            assertThat(xe(server, "vm-list", "-u", "me", "-pw", "p=w", "name-label=a b", "--minimal"))
                    .isEqualTo(new XeProcess.Outcome("printed\n", "warned", 3));
            assertThat(server.request)
                    .startsWith("POST /cli HTTP/1.0\r\nUser-agent: xe-cli/Unix/0.2\r\noriginator: cli\r\n")
                    .endsWith("\r\n\r\nvm-list\nname-label=a b\n--minimal\nusername=me\npassword=p=w");
        }
    }

    @Test
    void errorsOfUnknownCodesAreShownWithTheirParameters() throws Exception {
        try (FakeServer server = new FakeServer(OK, (s, in, out) -> {
            out.write(FakeServer.numbers(26, 9, 14, 4));
            out.write("CODE".getBytes(StandardCharsets.US_ASCII));
            out.write(FakeServer.numbers(1, 2));
            out.write("ab".getBytes(StandardCharsets.US_ASCII));
            FakeServer.exit(out, 1);
        })) {
            assertThat(xe(server, "vm-list"))
                    .isEqualTo(new XeProcess.Outcome("", "Error code: CODE\nError parameters: ab\n", 1));
        }
    }

    @Test
    void aFileGoesToTheServerOnlyIfTheCommandLineNamesIt() throws Exception {
        Path file = Files.writeString(folder.resolve("licence"), "content");
        AtomicReference<String> got = new AtomicReference<>();
        try (FakeServer server = new FakeServer(OK, (s, in, out) -> {
            FakeServer.command(out, 1, file.toString());
            if (FakeServer.response(in) == 5) {
                got.set(FakeServer.blob(in));
            }
            FakeServer.exit(out, 0);
        })) {
            assertThat(xe(server, "host-license-add", "license-file=licence").status())
                    .isZero();
            assertThat(got.get()).isEqualTo("content");
            got.set(null);
            XeProcess.Outcome refused = xe(server, "vm-list", "name-label=other");
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.err()).startsWith("File not permitted: ");
            assertThat(got.get()).isNull();
        }
    }

    @Test
    void aDownloadMakesANewFileOfItsOwnersAlone() throws Exception {
        Path file = folder.resolve("export.xva");
        AtomicReference<Integer> answer = new AtomicReference<>();
        try (FakeServer server = new FakeServer(OK + "data", (s, in, out) -> {
            FakeServer.command(out, 12, file.toString(), "/export?ref=OpaqueRef:1");
            answer.set(FakeServer.response(in));
            FakeServer.exit(out, 0);
        })) {
            assertThat(xe(server, "vm-export", "filename=export.xva")).isEqualTo(new XeProcess.Outcome("", "", 0));
            assertThat(answer.get()).isEqualTo(5);
            assertThat(file).hasContent("data");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(server.http).startsWith("GET /export?ref=OpaqueRef:1 HTTP/1.0\r\n");
            XeProcess.Outcome again = xe(server, "vm-export", "filename=export.xva");
            assertThat(again.status()).isEqualTo(1);
            assertThat(again.err()).contains("exists already");
            assertThat(answer.get()).isEqualTo(6);
        }
    }

    @Test
    void anUploadSaysHowLongItIs() throws Exception {
        Path file = Files.writeString(folder.resolve("disk.raw"), "0123456789");
        AtomicReference<Integer> answer = new AtomicReference<>();
        try (FakeServer server = new FakeServer(OK, (s, in, out) -> {
            FakeServer.command(out, 13, file.toString(), "/import_raw_vdi?vdi=1");
            answer.set(FakeServer.response(in));
            FakeServer.exit(out, 0);
        })) {
            assertThat(xe(server, "vdi-import", "filename=disk.raw").status()).isZero();
            assertThat(answer.get()).isEqualTo(5);
            for (int i = 0; i < 500 && !server.http.endsWith("0123456789"); i++) {
                Thread.sleep(10);
            }
            assertThat(server.http)
                    .startsWith("PUT /import_raw_vdi?vdi=1 HTTP/1.0\r\nContent-length: 10\r\n")
                    .endsWith("\r\n\r\n0123456789");
        }
        try (FakeServer server = new FakeServer("HTTP/1.1 403 Forbidden\r\n\r\n", (s, in, out) -> {
            FakeServer.command(out, 13, file.toString(), "/import_raw_vdi?vdi=1");
            answer.set(FakeServer.response(in));
            FakeServer.exit(out, 4);
        })) {
            assertThat(xe(server, "vdi-import", "filename=disk.raw").status()).isEqualTo(4);
            assertThat(answer.get()).isEqualTo(6);
        }
    }

    @Test
    void aServerThatGoesAwayIsNamed() throws Exception {
        try (FakeServer server = new FakeServer(OK, (s, in, out) -> out.flush())) {
            assertThat(xe(server, "vm-list"))
                    .isEqualTo(new XeProcess.Outcome("", "Lost connection to the server.\n", 1));
        }
    }

    @Test
    void debugOnFailShowsWhatWasDoneOnlyWhenItFails() throws Exception {
        for (int status : new int[] {0, 1}) {
            try (FakeServer server = new FakeServer(OK, (s, in, out) -> FakeServer.exit(out, status))) {
                String err = xe(server, "vm-list", "--debug-on-fail").err();
                assertThat(err.contains("Connecting via TCP to [localhost]")).isEqualTo(status != 0);
            }
        }
    }

    @Test
    void extraArgumentsAreSplitAtCommasThatNoBackslashPrecedes() throws IOException {
        assertThat(Options.split("a=1,b=2\\,3,,c")).containsExactly("a=1", "b=2,3", "c");
        assertThat(Options.split("")).isEmpty();
    }

    @Test
    void urlsLeadToTheirHostOrToTheServerItself() {
        assertThat(FileTransfers.Target.of("https://10.0.0.1/export?a=b%20c"))
                .isEqualTo(new FileTransfers.Target("10.0.0.1", "/export?a=b%20c"));
        assertThat(FileTransfers.Target.of("https://[fe80::1]:443/x"))
                .isEqualTo(new FileTransfers.Target("[fe80::1]", "/x"));
        assertThat(FileTransfers.Target.of("/console?ref=OpaqueRef:1"))
                .isEqualTo(new FileTransfers.Target(null, "/console?ref=OpaqueRef:1"));
    }
}
