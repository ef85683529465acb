package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.daemon.Jxapid;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.junit.XenApi;
import org.jxapi.xe.Xe;
import org.jxapi.xenapi.XenModel;

/** Everything that jxapi hands out says under which licence it comes, its own and those of its libraries. */
class LicenceTest {
    private static final String APACHE = "Apache-2.0";

    @Test
    void theLicenceIsTheApacheLicence() throws IOException {
        assertThat(Repository.text("LICENSE"))
                .contains("Apache License\n", "Version 2.0, January 2004", "END OF TERMS AND CONDITIONS");
        assertThat(Repository.text("NOTICE")).startsWith("jxapi\nCopyright ");
    }

    @Test
    void everyPomHasTheLicenceOfTheRootPom() throws IOException {
        assertThat(Repository.text("pom.xml"))
                .as("pom.xml needs <licenses> with %s", APACHE)
                .containsPattern("<licenses>\\s*<license>\\s*<name>" + APACHE + "</name>");
        for (Path pom : Repository.modules()) {
            assertThat(Repository.text(pom))
                    .as("%s must have the root pom as its parent and no <licenses> of its own", pom)
                    .containsPattern("<parent>\\s*<groupId>org.jxapi</groupId>\\s*<artifactId>jxapi</artifactId>")
                    .doesNotContain("<licenses>");
        }
    }

    @Test
    void npmPackagesSayTheirLicence() throws IOException {
        for (Path file : Repository.files("/package.json")) {
            assertThat(new ObjectMapper()
                            .readTree(Repository.text(file))
                            .path("license")
                            .asText())
                    .as("%s must say \"license\": \"%s\"", file, APACHE)
                    .isEqualTo(APACHE);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {XenModel.class, Hypervisor.class, Xe.class, Jxapid.class, XenApi.class})
    void everyJarCarriesLicenceAndNotice(Class<?> contained) throws Exception {
        // A jar, or the folder that becomes one.
        URI place =
                contained.getProtectionDomain().getCodeSource().getLocation().toURI();
        for (String name : List.of("LICENSE", "NOTICE")) {
            URI file = URI.create(
                    place.getPath().endsWith(".jar")
                            ? "jar:" + place + "!/META-INF/" + name
                            : place + "META-INF/" + name);
            try (InputStream in = file.toURL().openStream()) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .as("%s must be the file of the root, see <resources> in the root pom", file)
                        .isEqualTo(Repository.text(name));
            }
        }
    }

    /** The class path is the one that packaging/bin/jxapid gets: server/pom.xml writes it before the tests. */
    @Test
    void theNoticeNamesExactlyTheLibrariesThatComeWithJxapid() throws IOException {
        Set<String> libraries = new TreeSet<>();
        for (String entry : Files.readString(Path.of("target/runtime-libraries.txt"))
                .strip()
                .split(File.pathSeparator)) {
            Path jar = Path.of(entry);
            if (!jar.toString().contains("/target/")) {
                // In Maven's repository: GROUP/ARTIFACT/VERSION/FILE.
                libraries.add(jar.getParent().getParent().getFileName().toString());
            }
        }
        Set<String> named = new TreeSet<>();
        Pattern.compile("^    [a-z0-9.]+: ([a-z0-9, -]+)$", Pattern.MULTILINE)
                .matcher(Repository.text("NOTICE"))
                .results()
                .forEach(line -> named.addAll(Set.of(line.group(1).split(", "))));
        assertThat(without(libraries, named))
                .as("add these artifacts to NOTICE, under the licence that the pom of each names")
                .isEmpty();
        assertThat(without(named, libraries))
                .as("remove these artifacts from NOTICE: jxapid does not come with them")
                .isEmpty();
    }

    @Test
    void theNoticeNamesTheLibrariesOfTheWebConsole() throws IOException {
        String notice = Repository.text("NOTICE");
        new ObjectMapper()
                .readTree(Repository.text("server/src/main/web/package.json"))
                .path("dependencies")
                .properties()
                .forEach(library -> assertThat(notice)
                        .as("add %s to NOTICE, with its version, under its licence", library.getKey())
                        .contains(library.getKey() + " " + library.getValue().asText()));
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> others = new TreeSet<>(all);
        others.removeAll(some);
        return others;
    }
}
