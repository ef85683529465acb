package org.jxapi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/** The messages of xe about mistakes, and the commands that jxapi does not offer. */
class XeCommandsTest {
    private static final String HINT = "For usage run: 'xe help'\n";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static final ThinClient xe = new ThinClient(daemon.socket());

    private static void fails(String expected, String... args) throws Exception {
        assertThat(xe.run(args)).isEqualTo(new ThinClient.Outcome("", expected, 1));
    }

    @Test
    void aSimilarCommandIsProposed() throws Exception {
        fails("Unknown command: vm-lst\nDid you mean vm-list?\n" + HINT, "vm-lst");
        fails("Unknown command: frobnicate\n" + HINT, "frobnicate");
        assertThat(xe.run("help", "vm-lst").ok()).isEqualTo("Unknown command 'vm-lst'\nDid you mean vm-list?");
    }

    @Test
    void aSimilarParameterIsProposed() throws Exception {
        fails(
                "Required parameter not found: name-label\nDid you mean name-label by name-lable?\n" + HINT,
                "network-create",
                "name-lable=x");
        fails("Error: Unknown field 'name-lable'\nDid you mean name-label?\n", "vm-list", "name-lable=x");
        fails("Error: Unknown field 'power-stat'\nDid you mean power-state?\n", "vm-start", "power-stat=halted");
        ThinClient.Outcome made = xe.run("vm-create", "name-label=misspelt", "name-descripton=x");
        assertThat(made.status()).isZero();
        assertThat(made.err())
                .isEqualTo(
                        "Warning: vm-create ignores the parameter name-descripton. Did you mean name-description?\n");
        assertThat(xe.run("vm-param-get", "uuid=" + made.out().strip(), "param-name=name-labe")
                        .err())
                .isEqualTo("Error code: Missing parameter\nError parameters: name-labe\nDid you mean name-label?\n");
    }

    @Test
    void entriesOfMapsAreNoMistakes() throws Exception {
        assertThat(xe.run("vdi-clone", "uuid=x", "driver-params-abc=1").err()).doesNotContain("Warning");
        assertThat(xe.run("sr-probe", "type=file", "device-config-loc=1").err()).doesNotContain("Warning");
        assertThat(xe.run("sr-probe", "type=file", "sm-confg:x=1").err()).contains("Did you mean sm-config?");
    }

    @Test
    void fieldsThatDoNotExistShowNothingAndAreNamed() throws Exception {
        assertThat(xe.run("vm-list", "params=bogus"))
                .isEqualTo(new ThinClient.Outcome("", "Warning: vm has no field 'bogus'.\n", 0));
        assertThat(xe.run("vm-list", "params=bogus", "--minimal"))
                .isEqualTo(new ThinClient.Outcome("\n", "Warning: vm has no field 'bogus'.\n", 0));
        ThinClient.Outcome some = xe.run("host-list", "params=enabled,uuidd");
        assertThat(some.out()).isEqualTo("enabled ( RO)    : true\n\n\n");
        assertThat(some.err()).isEqualTo("Warning: host has no field 'uuidd'. Did you mean uuid?\n");
        assertThat(xe.run("cd-list", "params=bogus").out()).isEmpty();
    }

    @Test
    void switchesMayStandBeforeTheCommand() throws Exception {
        assertThat(xe.run("--minimal", "host-list", "params=enabled").ok()).isEqualTo("true");
    }

    /** Upstream: vm_import of cli_operations.ml takes filename without a look, and exception_handler answers. */
    @Test
    void anImportOfNothingIsAnInternalErrorAsInXapi() throws Exception {
        ThinClient.Outcome outcome = xe.run("vm-import");
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err())
                .startsWith("vm-import requires filename or url.\n")
                .endsWith("message: Not_found\n");
    }

    @ParameterizedTest
    @CsvSource({
        "host-backup, file-name",
        "host-restore, file-name",
        "pool-retrieve-wlb-report, report",
        "pool-sync-bundle, filename",
        "patch-upload, file-name",
        "update-upload, file-name"
    })
    void commandsThatMoveFilesNeedTheirParametersAndSayWhatIsMissing(String command, String required) throws Exception {
        fails("Required parameter not found: " + required + "\n" + HINT, command);
        ThinClient.Outcome outcome = xe.run(command, required + "=" + folder.resolve("file"), "force=true");
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err()).contains("function: ");
        assertThat(xe.run("task-list", "--minimal").ok()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"pool-restore-database, file-name", "host-get-system-status, filename"})
    void commandsOfBackupsNeedTheirParameters(String command, String required) throws Exception {
        fails("Required parameter not found: " + required + "\n" + HINT, command);
    }

    @Test
    void blobsAndReportsSayWhatIsMissing() throws Exception {
        String pool = xe.run("pool-list", "--minimal").ok();
        xe.run("blob-create", "name=b", "pool-uuid=" + pool);
        assertThat(xe.run("blob-get", "uuid=x", "filename=f").err()).contains("uuid: x");
        assertThat(xe.run("pool-retrieve-wlb-diagnostics").err()).endsWith("function: GET /wlb_diagnostics\n");
    }

    /** Upstream: pool_restore_db fails with a Failure, which exception_handler makes an internal error. */
    @Test
    void aDatabaseIsRestoredOnlyByForce() throws Exception {
        assertThat(xe.run("pool-restore-database", "file-name=f").err()).contains("message: Failure: ");
    }

    /** Upstream: diagnostic_license_status of cli_operations.ml, features.ml. */
    @Test
    void licencesAreShownInATable() throws Exception {
        List<String> lines = xe.run("diagnostic-license-status").ok().lines().toList();
        assertThat(lines.get(0)).startsWith("Hostname").contains(" UUID ", " Features ", " Edition ", " Days left");
        assertThat(lines).hasSize(5);
        String uuid = xe.run("host-list", "--minimal").ok().substring(0, 8);
        assertThat(lines.get(2)).contains(" " + uuid + " ", "VLAN ");
    }

    @Test
    void whatCannotBeMeasuredIsAnError() throws Exception {
        ThinClient.Outcome timing = xe.run("diagnostic-timing-stats");
        assertThat(timing.status() == 0)
                .isEqualTo(!timing.out().contains("NOT_IMPLEMENTED")
                        && timing.err().isEmpty());
    }

    /** A name of a file that Java cannot read as a path. */
    @Test
    void aFileWithoutANameIsOnlyNotRead() throws Exception {
        assertThat(xe.run("pool-install-ca-certificate", "filename=\0").err())
                .isEqualTo("Failed to read certificate\n");
        ThinClient.Outcome sent =
                xe.run(List.of(), Map.of("/a/b.pem", "none"), "pool-crl-install", "filename=/a/b.pem");
        assertThat(sent.err()).doesNotContain("Failed to read");
    }

    @Test
    void helpExplainsTheParametersAndGivesExamples() throws Exception {
        String help = xe.run("help", "vm-start").ok();
        assertThat(help)
                .contains(
                        "command name            : vm-start\n", "optional params : force, on, paused, <vm-selectors>\n")
                .contains("\n  paused=         true leaves the VM paused after the start (true, false)\n")
                .contains("\nExamples\n  xe vm-start vm=web\n");
        assertThat(xe.run("help", "--all").ok())
                .contains("\n    vm-start ", "  Starts VMs; on=HOST chooses the host.\n")
                .doesNotContain("blob-get");
        assertThat(xe.run("help", "--all", "--minimal").ok()).contains(",pool-dump-database,");
    }
}
