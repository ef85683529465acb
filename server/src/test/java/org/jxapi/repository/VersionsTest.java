package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each version of a dependency is fixed, and is in one place. */
class VersionsTest {
    private static final Pattern VERSION = Pattern.compile("<version>([^<]*)</version>");
    private static final Pattern PROPERTY = Pattern.compile("<([a-z0-9.-]+\\.version)>([^<]*)</");

    private static List<String> versions(String pom) {
        return VERSION.matcher(pom).results().map(version -> version.group(1)).toList();
    }

    /** The versions that a pom writes itself. Those that Maven asks for are properties of the root pom. */
    private static List<String> written(String pom) {
        return versions(pom).stream()
                .filter(version -> !version.startsWith("${"))
                .toList();
    }

    @Test
    void onlyTheRootPomHasVersions() throws IOException {
        for (Path pom : Repository.modules()) {
            String text = Repository.text(pom);
            assertThat(written(text))
                    .as("%s must not have versions: put them into the root pom.xml", pom)
                    .isEmpty();
            assertThat(versions(text))
                    .as("%s must take jxapi's version from the root pom.xml", pom)
                    .first()
                    .isEqualTo("${revision}");
        }
    }

    @Test
    void theVersionsOfTheRootPomAreFixedAndUsed() throws IOException {
        String root = Repository.text("pom.xml");
        List<MatchResult> properties = PROPERTY.matcher(root).results().toList();
        assertThat(properties).hasSizeGreaterThan(20);
        for (MatchResult property : properties) {
            assertThat(property.group(2))
                    .as("pom.xml: %s must be one fixed version", property.group(1))
                    .matches("[0-9][A-Za-z0-9.-]*")
                    .doesNotContain("SNAPSHOT");
            assertThat(root)
                    .as("pom.xml: %s is not used, remove it", property.group(1))
                    .contains("${" + property.group(1) + "}");
        }
        assertThat(versions(root))
                .as("pom.xml: each <version> must be one fixed version, or a property")
                .allMatch(version -> version.matches("\\$\\{[a-z0-9.-]+}|[0-9][A-Za-z0-9.-]*"));
    }

    /** Users copy the example, so its pom has the versions itself. */
    @Test
    void theExampleInJavaHasTheVersionsOfTheRootPom() throws IOException {
        String example = Repository.text("docs/examples/java/pom.xml");
        Map<String, String> properties = Map.of(
                "xen-api",
                "xenserver-sdk.version",
                "simulator-junit",
                "revision",
                "junit-jupiter",
                "junit.version",
                "maven-compiler-plugin",
                "compiler-plugin.version",
                "maven-surefire-plugin",
                "surefire.version");
        String root = Repository.text("pom.xml");
        properties.forEach((artifact, property) -> {
            String version = root.replaceAll("(?s).*<" + property + ">([^<]+)<.*", "$1");
            assertThat(example)
                    .as("docs/examples/java/pom.xml: %s must have the version %s", artifact, version)
                    .containsPattern(
                            "<artifactId>" + artifact + "</artifactId>\\s*<version>" + Pattern.quote(version) + "<");
        });
        assertThat(written(example)).hasSize(properties.size() + 1);
    }

    @Test
    void npmPackagesNeedFixedVersions() throws IOException {
        for (Path file : Repository.files("/package.json")) {
            JsonNode all = new ObjectMapper().readTree(Repository.text(file));
            for (String kind : List.of("dependencies", "devDependencies")) {
                for (Map.Entry<String, JsonNode> need : all.path(kind).properties()) {
                    assertThat(need.getValue().asText())
                            .as("%s: %s must be one fixed version", file, need.getKey())
                            .matches("[0-9][A-Za-z0-9.-]*");
                }
            }
        }
    }
}
