package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** packaging/debian-mirror, over sources of apt that have no lists yet. */
class DebianMirrorTest {
    private static final String HOW =
            "; set JXAPI_DEBIAN_MIRROR to the URL of a Debian mirror (the folder that has dists/ and pool/)\n1";

    @TempDir
    Path apt;

    @BeforeEach
    void emptyLists() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/apt-get")), "apt is not installed");
        Files.createDirectories(apt.resolve("lists/partial"));
        Files.createDirectory(apt.resolve("parts"));
        Files.writeString(
                apt.resolve("apt.conf"),
                List.of("etc::sourcelist \"%s/sources.list", "etc::sourceparts \"%s/parts", "state::lists \"%s/lists")
                        .stream()
                        .map(setting -> "Dir::" + setting.formatted(apt) + "\";\n")
                        .reduce("", String::concat));
    }

    private void sources(String name, String text) throws IOException {
        Files.writeString(apt.resolve(name), text);
    }

    /** The output, and the exit status behind it. */
    private String mirror(String chosen) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Repository.ROOT.resolve("packaging/debian-mirror").toString())
                .redirectErrorStream(true);
        builder.environment().put("APT_CONFIG", apt.resolve("apt.conf").toString());
        builder.environment().put("JXAPI_DEBIAN_MIRROR", chosen);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said + process.exitValue();
    }

    @Test
    void theMirrorIsTheOneOfAptsListOfSources() throws Exception {
        sources("sources.list", """
                # deb http://commented.example/debian bookworm main
                deb-src http://sources.example/debian bookworm main
                deb http://ubuntu.example/ubuntu jammy main
                deb http://updates.example/debian-security bookworm-security main
                deb [signed-by=/etc/apt/keyrings/other.gpg] http://other.example/php bookworm main
                deb http://stable.example/docker bookworm stable
                deb [ arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg ] http://one.example/d trixie main
                deb http://two.example/debian bookworm main
                """);
        assertThat(mirror("")).isEqualTo("http://one.example/d\n0");
        assertThat(mirror("http://chosen.example/debian")).isEqualTo("http://chosen.example/debian\n0");
    }

    @Test
    void theMirrorIsTheOneOfAptsFilesInDeb822() throws Exception {
        sources("parts/a.sources", """
                Types: deb
                URIs: http://disabled.example/debian
                Suites: bookworm
                Components: main
                Enabled: no
                """);
        sources("parts/b.sources", """
                Types: deb
                URIs: http://updates.example/debian-security
                Suites: bookworm-security
                Components: main

                # The archive itself.
                Types: deb deb-src
                URIs:
                # nearest
                  http://one.example/debian/
                  http://two.example/debian/
                Suites: bookworm
                 bookworm-updates
                Components: main contrib
                Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
                """);
        assertThat(mirror("")).isEqualTo("http://one.example/debian/\n0");
    }

    @Test
    void ofAListOfMirrorsTheFirstIsTaken() throws Exception {
        sources("sources.list", "deb mirror+file:" + apt.resolve("mirrors") + " bookworm main\n");
        assertThat(mirror("")).contains("lists no mirror").endsWith(HOW);
        sources("mirrors", "# mine\nhttp://one.example/debian/\tpriority:1\nhttp://two.example/debian/\n");
        assertThat(mirror("")).isEqualTo("http://one.example/debian/\n0");
    }

    @Test
    void withoutDebianInTheSourcesItSaysHowToNameAMirror() throws Exception {
        assertThat(mirror("")).isEqualTo("debian-mirror: apt has no sources" + HOW);
        sources("sources.list", "deb http://ubuntu.example/ubuntu jammy main\n");
        assertThat(mirror("")).isEqualTo("debian-mirror: apt's sources have no mirror of Debian" + HOW);
    }
}
