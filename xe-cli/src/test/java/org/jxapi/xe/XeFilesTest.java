package org.jxapi.xe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that the client makes: the server's last word says whether they are whole. */
class XeFilesTest {
    private static final String DATA = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\ndata";

    @TempDir
    Path temp;

    private Path folder;

    @BeforeEach
    void folder() throws IOException {
        folder = Files.createDirectory(temp.resolve("work")).toRealPath();
    }

    private XeProcess xe() {
        return new XeProcess(folder);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(name -> !name.equals("err"))
                    .sorted()
                    .toList();
        }
    }

    private void fetch(DataInputStream in, OutputStream out, String name) throws IOException {
        FakeServer.command(out, 12, Paths.get(folder.toString(), name).toString(), "/export");
        FakeServer.response(in);
    }

    @Test
    void aDownloadThatTheServerCallsFailedIsRemoved() throws Exception {
        try (FakeServer server = new FakeServer(DATA, (s, in, out) -> {
            fetch(in, out, "a.xva");
            FakeServer.command(out, 16, "It broke.\n");
            FakeServer.exit(out, 1);
        })) {
            XeProcess.Outcome outcome = xe().at(server, "vm-export", "filename=a.xva");
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(outcome.err())
                    .isEqualTo("It broke.\nRemoved " + folder.resolve("a.xva") + ", which is not complete.\n");
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void aDownloadIsRemovedWhenTheServerGoesAwayBeforeItsLastWord() throws Exception {
        try (FakeServer server = new FakeServer(DATA, (s, in, out) -> fetch(in, out, "a.xva"))) {
            assertThat(xe().at(server, "vm-export", "filename=a.xva").err())
                    .startsWith("Lost connection to the server.\nRemoved ");
            assertThat(files()).isEmpty();
        }
    }

    /** Upstream: the handler of SIGINT in ocaml/xe-cli/newcli.ml exits with 1. */
    @Test
    void aSignalEndsTheClientWithStatus1AndRemovesItsDownload() throws Exception {
        CountDownLatch downloaded = new CountDownLatch(1);
        try (FakeServer server = new FakeServer(DATA, (s, in, out) -> {
            fetch(in, out, "a.xva");
            downloaded.countDown();
            in.read();
        })) {
            Process process =
                    xe().start("vm-export", "filename=a.xva", "-s", "localhost", "--nossl", "-p", "" + server.port());
            assertThat(downloaded.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(files()).containsExactly("a.xva");
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void ofSeveralDownloadsOnlyThoseGoThatFailed() throws Exception {
        try (FakeServer server = new FakeServer(DATA, (s, in, out) -> {
            fetch(in, out, "a.xva");
            FakeServer.command(out, 0, "Export succeeded");
            fetch(in, out, "a.xva2");
            fetch(in, out, "a.xva3");
            FakeServer.command(out, 0, "Export succeeded");
            fetch(in, out, "a.xva4");
            FakeServer.command(out, 0, "operation failed on U: why");
            FakeServer.exit(out, 1);
        })) {
            assertThat(xe().at(server, "vm-export", "filename=a.xva", "--multiple")
                            .status())
                    .isEqualTo(1);
            assertThat(files()).containsExactly("a.xva", "a.xva3");
        }
    }

    @Test
    void aFileThatWasThereBeforeStays() throws Exception {
        Files.writeString(folder.resolve("a.xva"), "mine");
        try (FakeServer server = new FakeServer(DATA, (s, in, out) -> {
            fetch(in, out, "a.xva");
            FakeServer.exit(out, 1);
        })) {
            assertThat(xe().at(server, "vm-export", "filename=a.xva").err()).contains("exists already");
            assertThat(folder.resolve("a.xva")).hasContent("mine");
        }
    }

    @Test
    void aFullDiskIsNamedAndLeavesNothing() throws Exception {
        try (FakeServer server = new FakeServer(DATA + "x".repeat(1 << 20), (s, in, out) -> fetch(in, out, "a.xva"))) {
            XeProcess limited = xe().by("bash", "-c", "ulimit -f 100; exec \"$@\"", "bash");
            XeProcess.Outcome outcome = limited.at(server, "vm-export", "filename=a.xva");
            assertThat(outcome.err()).startsWith("Cannot write to " + folder.resolve("a.xva") + ": File too large\n");
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void outputThatCannotBeWrittenIsAFailure() throws Exception {
        try (FakeServer server = new FakeServer(DATA, (s, in, out) -> {
            FakeServer.command(out, 0, "printed");
            FakeServer.exit(out, 0);
        })) {
            XeProcess full = xe().by("bash", "-c", "exec \"$@\" >/dev/full", "bash");
            XeProcess.Outcome outcome = full.at(server, "vm-list");
            assertThat(outcome.err()).isEqualTo("Cannot write to standard output: No space left on device\n");
            assertThat(outcome.status()).isEqualTo(1);
        }
        try (FakeServer server = new FakeServer(DATA, (s, in, out) -> {
            FakeServer.command(out, 12, "", "/export");
            FakeServer.response(in);
            FakeServer.exit(out, 0);
        })) {
            XeProcess full = xe().by("bash", "-c", "exec \"$@\" >/dev/full", "bash");
            assertThat(full.at(server, "vm-export", "filename=").err()).startsWith("Cannot write to standard output");
            assertThat(xe().at(server, "vm-export", "filename=")).isEqualTo(new XeProcess.Outcome("data", "", 0));
        }
    }

    @Test
    void aServerCannotMakeOtherFiles() throws Exception {
        try (FakeServer server = new FakeServer(DATA, (s, in, out) -> fetch(in, out, "../elsewhere"))) {
            XeProcess.Outcome outcome = xe().at(server, "vm-export", "filename=a.xva");
            assertThat(outcome.err()).startsWith("File not permitted: ");
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(temp.resolve("elsewhere")).doesNotExist();
        }
    }

    /** Upstream: assert_filename_permitted ~permit_cwd:true of ocaml/xe-cli/newcli.ml. */
    @Test
    void newFilesMayBeInTheCurrentFolderOrNumberedOnesOfANamedOne() throws Exception {
        NamedFiles files = new NamedFiles(List.of("filename=/backup/web.xva"));
        assertThat(files.permittedNew("logs-2026-1-1T000000Z")).isEqualTo(Path.of("logs-2026-1-1T000000Z"));
        assertThat(files.permittedNew("/backup/web.xva2")).isEqualTo(Path.of("/backup/web.xva2"));
        for (String other : List.of("/backup/web.xva2/x", "/backup/other", "/backup/web.xvab", "../x", "\0")) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> files.permittedNew(other)))
                    .as(other)
                    .isInstanceOf(ClientException.class);
        }
    }

    @Test
    void progressIsShownOnATerminalOnly() throws Exception {
        assertThat(ProgressLine.text(3 << 20, 12 << 20, 2.0)).isEqualTo(" 25%  3.0 MiB  1.5 MiB/s");
        assertThat(ProgressLine.text(3 << 20, -1, 2.0)).isEqualTo("3.0 MiB  1.5 MiB/s");
        try (FakeServer server = new FakeServer(DATA, (s, in, out) -> {
            fetch(in, out, "a.xva");
            FakeServer.command(out, 0, "Export succeeded");
            FakeServer.exit(out, 0);
        })) {
            assertThat(xe().at(server, "vm-export", "filename=a.xva"))
                    .isEqualTo(new XeProcess.Outcome("Export succeeded\n", "", 0));
            assertThat(files()).containsExactly("a.xva");
        }
    }
}
