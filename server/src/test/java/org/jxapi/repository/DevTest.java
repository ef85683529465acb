package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** packaging/dev, in a tree whose Maven only records its arguments. */
class DevTest {
    private static final String MIGRATIONS = "server/src/main/resources/db/migration/";
    private static final String SCHEMA = "server/src/main/java/org/jxapi/store/Schema.java";

    @TempDir
    Path folder;

    private ScriptTree tree;

    @BeforeEach
    void makeTree() throws IOException {
        tree = new ScriptTree(folder.resolve("a tree"), "dev");
    }

    @Test
    void itsHelpNamesAllJobs() throws Exception {
        String help = tree.run("dev", "help");
        for (String job :
                List.of("build", "test", "format", "generate", "new-migration", "bench", "run", "check", "help")) {
            assertThat(help).containsPattern("(?m)^  " + job + " ");
        }
        assertThat(help).startsWith("dev JOB").endsWith("\n0");
        assertThat(tree.run("dev", "--help")).isEqualTo(help);
        assertThat(tree.run("dev")).isEqualTo(help);
    }

    @Test
    void unknownJobsAndArgumentsAreRefused() throws Exception {
        assertThat(tree.run("dev", "bild")).isEqualTo("dev: unknown job: bild; see packaging/dev help\n2");
        assertThat(tree.run("dev", "format", "all"))
                .isEqualTo("dev: format takes no arguments; see packaging/dev help\n2");
        assertThat(tree.run("dev", "test")).isEqualTo("dev: test needs the name of a class; see packaging/dev help\n2");
        assertThat(tree.run("dev", "test", "-Djxapi.seed=7"))
                .isEqualTo("dev: test needs the name of a class; see packaging/dev help\n2");
        assertThat(tree.run("dev", "test", "NoTest"))
                .isEqualTo("dev: no test class is named NoTest; see packaging/dev help\n2");
        assertThat(tree.run("dev", "bench", "Strange"))
                .contains("no bench is named Strange")
                .endsWith("\n2");
        assertThat(tree.mavenCalls()).isEmpty();
    }

    @Test
    void testsRunInTheModulesThatHaveThem() throws Exception {
        tree.file("server/src/test/java/org/a/FirstTest.java", "");
        tree.file("server/src/test/java/org/b/SecondTest.java", "");
        tree.file("xe-cli/src/test/java/org/c/ThirdTest.java", "");
        tree.run("dev", "test", "FirstTest#one", "Second*");
        tree.run("dev", "test", "ThirdTest", "-Djxapi.seed=7", "FirstTest");
        assertThat(tree.mavenCalls())
                .containsExactly(
                        "-q -Dquick -pl server -am test -Dtest=FirstTest#one,Second*"
                                + " -Dsurefire.failIfNoSpecifiedTests=false",
                        "-q -Dquick -pl server,xe-cli -am test -Dtest=ThirdTest,FirstTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Djxapi.seed=7");
    }

    @Test
    void theFailureOfMavenIsItsFailure() throws Exception {
        tree.maven("exit 7\n");
        assertThat(tree.run("dev", "generate")).endsWith("\n7");
        assertThat(tree.run("dev", "format")).endsWith("\n7");
    }

    @Test
    void anotherMavenCanBeNamedWithOptions() throws Exception {
        ProcessBuilder builder = tree.command("a tree/packaging/dev", "format");
        builder.environment().put("MVN", "mvn -o");
        assertThat(ScriptTree.outcome(builder)).endsWith("0");
        assertThat(tree.mavenCalls()).containsExactly("-o -q spotless:apply");
    }

    @Test
    void aNewMigrationHasTheNextNumberWhichTheStoreKnows() throws Exception {
        tree.file(MIGRATIONS + "V9__old.sql", "");
        tree.file(MIGRATIONS + "V10__newer.sql", "");
        tree.file(SCHEMA, "    static final int VERSION = 10;\n");
        tree.file("server/src/test/java/org/jxapi/store/KeptDatabaseTest.java", "");
        assertThat(tree.run("dev", "new-migration", "vm_groups")).endsWith("\n0");
        assertThat(tree.path(MIGRATIONS + "V11__vm_groups.sql")).content().startsWith("-- Schema 11: vm_groups.\n");
        assertThat(tree.path(SCHEMA)).hasContent("    static final int VERSION = 11;");
        assertThat(tree.mavenCalls())
                .containsExactly("-q -Dquick -pl server -am test -Dtest=KeptDatabaseTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Djxapi.keep-database=true");
    }

    @Test
    void aMigrationThatCannotBeIsRefusedAndNothingIsChanged() throws Exception {
        tree.file(MIGRATIONS + "V1__old.sql", "");
        tree.file(SCHEMA, "int VERSION = 7;\n");
        assertThat(tree.run("dev", "new-migration")).contains("needs one name").endsWith("\n2");
        assertThat(tree.run("dev", "new-migration", "VM Groups"))
                .contains("small letters")
                .endsWith("\n2");
        assertThat(tree.run("dev", "new-migration", "vm_groups"))
                .contains(SCHEMA + " must say VERSION = 1")
                .endsWith("\n1");
        try (Stream<Path> files = Files.list(tree.path(MIGRATIONS))) {
            assertThat(files).hasSize(1);
        }
        assertThat(tree.path(SCHEMA)).hasContent("int VERSION = 7;");
        assertThat(tree.mavenCalls()).isEmpty();
    }

    /** The place and the form that new-migration expects are those of the store. */
    @Test
    void theStoreHasItsSchemaWhereItIsLookedFor() throws IOException {
        assertThat(Repository.text(SCHEMA)).containsPattern("int VERSION = \\d+;");
    }

    @Test
    void aBuildIsRepeatedWhenASourceIsNewerOrAProductIsMissing() throws Exception {
        buildingMaven();
        assertThat(tree.run("dev", "build")).doesNotContain("built already").endsWith("0");
        assertThat(tree.run("dev", "build")).isEqualTo("    built already\n0");
        Files.delete(tree.path("xe-cli/target/xe.jar"));
        tree.run("dev", "build");
        assertThat(tree.mavenCalls()).hasSize(2);
        tree.file("server/src/test/java/NewTest.java", "");
        tree.run("dev", "build");
        assertThat(tree.mavenCalls()).hasSize(2);
        tree.file("server/src/main/java/New.java", "");
        tree.run("dev", "build");
        assertThat(tree.mavenCalls()).hasSize(3);
    }

    private void buildingMaven() throws IOException {
        tree.maven(
                "mkdir -p server/target/lib xe-cli/target; touch server/target/jxapi-server.jar xe-cli/target/xe.jar\n");
    }

    @Test
    void theSimulatorRunsWithFurtherOptionsBehindItsOwn() throws Exception {
        tree.maven(
                "mkdir -p server/target/lib xe-cli/target; touch server/target/jxapi-server.jar xe-cli/target/xe.jar\n");
        tree.program("packaging/bin/jxapid", "echo \"started: $*\"\n");
        String data = folder.resolve("state/jxapi/dev").toString();
        assertThat(tree.run("dev", "run", "--https", "off"))
                .contains("\nstarted: --hypervisor simulator --data-dir " + data + " --unix-socket " + data
                        + "/xapi.sock --http 127.0.0.1:8080 --https 127.0.0.1:8443 --https off\n")
                .endsWith("\n0");
        assertThat(tree.mavenCalls()).containsExactly("-B -ntp -Dquick -Dmaven.test.skip=true package");
    }
}
