package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that a stranger looks for at the door of a project. */
class RepositoryTest {
    private static final Set<String> KINDS = Set.of("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "README.md",
                "LICENSE",
                "NOTICE",
                "CHANGELOG.md",
                "CONTRIBUTING.md",
                "SECURITY.md",
                ".editorconfig",
                ".gitattributes",
                ".gitignore",
                ".github/PULL_REQUEST_TEMPLATE.md",
                ".github/ISSUE_TEMPLATE/fault.md",
                ".github/ISSUE_TEMPLATE/wish.md",
            })
    void everyProjectHas(String file) {
        assertThat(Repository.ROOT.resolve(file))
                .as("%s is missing: write it again, readers look for it", file)
                .isNotEmptyFile();
    }

    /** Keep a Changelog 1.1.0. */
    @Test
    void theChangelogHasTheFormOfKeepAChangelog() throws IOException {
        String text = Repository.text("CHANGELOG.md");
        List<String> versions = headings(text, "##");
        assertThat(versions)
                .as("CHANGELOG.md must begin with \"## [Unreleased]\"")
                .startsWith("[Unreleased]");
        assertThat(versions.subList(1, versions.size()))
                .as("the versions in CHANGELOG.md must look like \"## [1.2.3] - 2026-11-27\"")
                .allMatch(version -> version.matches("\\[\\d+\\.\\d+\\.\\d+] - \\d{4}-\\d{2}-\\d{2}"));
        assertThat(headings(text, "###"))
                .as("the sections in CHANGELOG.md must be some of %s", KINDS)
                .isSubsetOf(KINDS);
    }

    private static List<String> headings(String text, String level) {
        return Pattern.compile("^" + level + " (.*)$", Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(heading -> heading.group(1))
                .toList();
    }

    @Test
    void theGuideForContributorsHasAllJobs() throws IOException {
        List<String> jobs = Pattern.compile("^#   ([a-z-]+) ", Pattern.MULTILINE)
                .matcher(Repository.text("packaging/dev"))
                .results()
                .map((MatchResult job) -> job.group(1))
                .toList();
        assertThat(jobs).hasSizeGreaterThan(5);
        for (String job : jobs) {
            assertThat(Repository.text("CONTRIBUTING.md"))
                    .as("CONTRIBUTING.md: its table of jobs needs packaging/dev %s", job)
                    .containsPattern("\\| `packaging/dev " + job + "[ `]");
        }
    }
}
