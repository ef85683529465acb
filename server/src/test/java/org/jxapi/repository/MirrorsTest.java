package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Packages come from the mirrors and registries that a machine is set up for: no file names one. */
class MirrorsTest {
    /** Hosts that serve packages of Debian, Ubuntu, Alpine, Maven, npm, PyPI and containers. */
    private static final Pattern HOSTS = Pattern.compile(
            "(?i)\\b((deb|ftp|ftp\\.\\w+|snapshot|security|archive|ports|\\w+\\.archive)\\.(debian|ubuntu)\\.(org|com)"
                    + "|dl-cdn\\.alpinelinux\\.org|repo1?\\.maven\\.(apache\\.)?org|repo\\.maven\\.apache\\.org"
                    + "|maven\\.google\\.com|(oss|s01\\.oss)\\.sonatype\\.org|central\\.sonatype\\.com"
                    + "|registry\\.(npmjs|yarnpkg)\\.(org|com)|files\\.pythonhosted\\.org|pypi\\.(org|python\\.org)"
                    + "|(registry[\\w-]*\\.)?docker\\.(io|com)|quay\\.io|ghcr\\.io)\\b");

    @Test
    void noFileNamesAMirror() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : Repository.texts()) {
            Matcher host = HOSTS.matcher(Repository.text(file));
            while (host.find()) {
                found.add(file + " names " + host.group()
                        + ": take it from the machine instead (packaging/debian-mirror, Maven's and npm's settings)");
            }
        }
        assertThat(found).isEmpty();
    }

    /** The test finds what it looks for. */
    @Test
    void hostsOfMirrorsAreKnown() {
        for (String host : List.of("deb.debian", "ftp.de.debian", "registry.npmjs", "repo.maven.apache", "pypi")) {
            assertThat(HOSTS.matcher("https://" + host + ".org/path").find())
                    .as(host)
                    .isTrue();
        }
        assertThat(HOSTS.matcher("https://maven.apache.org/POM/4.0.0").find()).isFalse();
    }
}
