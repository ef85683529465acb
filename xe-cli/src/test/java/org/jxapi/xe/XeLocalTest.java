package org.jxapi.xe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client without a server: its own words, and why a socket gives no answer. */
class XeLocalTest {
    @TempDir
    Path folder;

    private XeProcess.Outcome at(Path socket) throws Exception {
        return new XeProcess(folder).with("JXAPI_SOCKET", socket.toString()).run("vm-list");
    }

    private static void says(XeProcess.Outcome outcome, String start) {
        assertThat(outcome.err()).startsWith(start).containsOnlyOnce("\n");
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.status()).isEqualTo(1);
    }

    @Test
    void aSocketThatGivesNoAnswerIsExplained() throws Exception {
        Path missing = folder.resolve("missing");
        says(at(missing), "No daemon answers on " + missing + ": the socket does not exist. Start the daemon");
        Path file = Files.writeString(folder.resolve("file"), "");
        says(at(file), file + " is not a socket. ");
        Path abandoned = folder.resolve("abandoned");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(abandoned));
        }
        says(at(abandoned), "No daemon answers on " + abandoned + ": it refused the connection. ");
    }

    @Test
    void aSocketOfRootsIsNotTakenForADaemonThatIsDown() throws Exception {
        boolean root = System.getProperty("user.name").equals("root");
        assumeTrue(!root || installed("setpriv"), "root needs setpriv to become somebody else");
        Path work = Files.createDirectory(
                folder.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path socket = work.resolve("sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("---------"));
            XeProcess xe = new XeProcess(folder).with("JXAPI_SOCKET", socket.toString());
            if (root) {
                xe.by("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
            }
            says(xe.run("vm-list"), "Permission denied: only root can open the socket " + socket + ". Use sudo, or");
        }
    }

    private static boolean installed(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    @Test
    void versionAndUsageNeedNoServer() throws Exception {
        for (String word : new String[] {"--version", "-v", "version"}) {
            XeProcess.Outcome version = new XeProcess(folder).run(word);
            assertThat(version.out()).startsWith("xe of jxapi").endsWith("\nThinCLI protocol: 0.2\n");
            assertThat(version.status()).isZero();
        }
        assertThat(new XeProcess(folder).run("-version").out()).isEqualTo("ThinCLI protocol: 0.2\n");
        for (String word : new String[] {"-h", "-help", "--help"}) {
            XeProcess.Outcome usage = new XeProcess(folder).run(word);
            assertThat(usage.err()).startsWith("Usage:\n  xe <command>\n");
            assertThat(usage.status()).isZero();
        }
    }

    @Test
    void helpBehindACommandIsAboutIt() throws Exception {
        try (FakeServer server = new FakeServer("", (s, in, out) -> FakeServer.exit(out, 0))) {
            assertThat(new XeProcess(folder).at(server, "vm-list", "--help", "params=all", "--minimal"))
                    .isEqualTo(new XeProcess.Outcome("", "", 0));
            assertThat(server.request).endsWith("\r\n\r\nhelp\nvm-list\nusername=root\npassword=null");
        }
    }

    @Test
    void aQuestionThatNobodyAnswersDoesNothing() throws Exception {
        try (FakeServer server = new FakeServer("", (s, in, out) -> {
            FakeServer.command(out, 0, "Type 'yes' to continue");
            FakeServer.command(out, 3);
            in.read();
        })) {
            assertThat(new XeProcess(folder).at(server, "vm-uninstall", "vm=a"))
                    .isEqualTo(new XeProcess.Outcome(
                            "Type 'yes' to continue\n",
                            "Nothing was done: there is no input to answer the question. Use --force to skip questions.\n",
                            1));
        }
    }
}
