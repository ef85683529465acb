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
    private static final ThinClient person = xe.atTerminal();

    private static void fails(String expected, String... args) throws Exception {
        assertThat(xe.run(args)).isEqualTo(new ThinClient.Outcome("", expected, 1));
    }

    /** A person gets the hint among the lines of stderr, and a script does not. */
    private static void hints(String before, String hint, String after, int status, String... args) throws Exception {
        ThinClient.Outcome outcome = person.run(args);
        assertThat(outcome.err()).isEqualTo(before + hint + "\n" + after);
        assertThat(xe.run(args)).isEqualTo(new ThinClient.Outcome(outcome.out(), before + after, status));
    }

    @Test
    void aSimilarCommandIsProposedToAPerson() throws Exception {
        hints("Unknown command: vm-lst\n", "Did you mean vm-list?", HINT, 1, "vm-lst");
        fails("Unknown command: frobnicate\n" + HINT, "frobnicate");
        hints("", "Did you mean vm-list?", "", 0, "help", "vm-lst");
        assertThat(xe.run("help", "vm-lst").ok()).isEqualTo("Unknown command 'vm-lst'");
    }

    @Test
    void aSimilarParameterIsProposedToAPerson() throws Exception {
        hints(
                "Required parameter not found: name-label\n",
                "Did you mean name-label by name-lable?",
                HINT,
                1,
                "network-create",
                "name-lable=x");
        hints("Error: Unknown field 'name-lable'\n", "Did you mean name-label?", "", 1, "vm-list", "name-lable=x");
        hints(
                "Error: Unknown field 'power-stat'\n",
                "Did you mean power-state?",
                "",
                1,
                "vm-start",
                "power-stat=halted");
        assertThat(person.run("vm-create", "name-label=misspelt", "name-descripton=x")
                        .err())
                .isEqualTo(
                        "Warning: vm-create ignores the parameter name-descripton. Did you mean name-description?\n");
        String made =
                xe.run("vm-create", "name-label=misspelt", "name-descripton=x").ok();
        hints(
                "Error code: Missing parameter\nError parameters: name-labe\n",
                "Did you mean name-label?",
                "",
                1,
                "vm-param-get",
                "uuid=" + made,
                "param-name=name-labe");
    }

    @Test
    void aSimilarNameIsProposedToAPerson() throws Exception {
        xe.run("vm-create", "name-label=web server");
        String none = "Error: No matching VMs found\n";
        hints(none, "Did you mean web server?", "", 1, "vm-start", "vm=web-server");
        hints(none, "Did you mean web server?", "", 1, "vm-shutdown", "name-label=web serve");
        fails(none, "vm-start", "vm=frobnicate");
        hints(
                "Error: No templates matched\n",
                "Did you mean Other install media?",
                "",
                1,
                "vm-install",
                "template=Other instal media",
                "new-name-label=x");
        hints(
                "Error: No SR with that name-label found\n",
                "Did you mean Local storage?",
                "",
                1,
                "vm-install",
                "template=Other install media",
                "new-name-label=x",
                "sr-name-label=Local Storage");
    }

    @Test
    void entriesOfMapsAreNoMistakes() throws Exception {
        assertThat(person.run("vdi-clone", "uuid=x", "driver-params-abc=1").err())
                .doesNotContain("Warning");
        assertThat(person.run("sr-probe", "type=file", "device-config-loc=1").err())
                .doesNotContain("Warning");
        assertThat(person.run("sr-probe", "type=file", "sm-confg:x=1").err()).contains("Did you mean sm-config?");
    }

    /** Upstream: select_fields of cli_operations.ml, multi_line_record of cli_printer.ml. */
    @Test
    void fieldsThatDoNotExistShowNothingAndAreNamedToAPerson() throws Exception {
        hints("", "Warning: host has no field 'bogus'.", "", 0, "host-list", "params=bogus");
        assertThat(xe.run("host-list", "params=bogus").out()).isEqualTo("\n\n\n");
        hints("", "Warning: host has no field 'bogus'.", "", 0, "host-list", "params=bogus", "--minimal");
        assertThat(xe.run("host-list", "params=bogus", "--minimal").out()).isEqualTo("\n");
        hints("", "Warning: host has no field 'uuidd'. Did you mean uuid?", "", 0, "host-list", "params=enabled,uuidd");
        assertThat(xe.run("host-list", "params=enabled,uuidd").out()).isEqualTo("enabled ( RO)    : true\n\n\n");
        assertThat(xe.run("cd-list", "params=bogus").out()).isEmpty();
        assertThat(person.run("host-list", "params=").err()).isEmpty();
    }

    /** Upstream: record_util.ml converts values of enumerations to the names that the wire has too. */
    @Test
    void valuesOfEnumerationsHaveTheirNamesOnTheWire() throws Exception {
        assertThat(xe.run("pool-get-guest-secureboot-readiness").ok()).isEqualTo("not_ready");
        String vm = xe.run("vm-create", "name-label=boots").ok();
        assertThat(xe.run("vm-get-secureboot-readiness", "uuid=" + vm).ok()).isEqualTo("not_supported");
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
    @CsvSource({
        "pool-restore-database, file-name",
        "host-get-system-status, filename",
        "host-backup, file-name",
        "host-restore, file-name"
    })
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
    void timesOfCallsAreShown() throws Exception {
        String host = xe.run("host-list", "--minimal").ok();
        xe.run("host-list").ok();
        assertThat(xe.run("diagnostic-timing-stats").ok())
                .containsPattern("host-uuid *(: |: *)" + host)
                .containsPattern("host.get_all_records[a-z_]* *: \\d+\\.\\d{6} \\[sd = \\d+\\.\\d{6}]");
        assertThat(xe.run("diagnostic-timing-stats", "counts=true").ok())
                .containsPattern("\\[sd = \\d+\\.\\d{6}, n=\\d+]");
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

    /** Upstream: handler of xapi_cli.ml, which goes on with a backtrace of OCaml. */
    @Test
    void aTraceNamesTheError() throws Exception {
        assertThat(xe.run("vm-param-list", "uuid=x", "--trace").err())
                .endsWith("\ntype: VM\nuuid: x\nRaised Server_error(UUID_INVALID, [ VM; x ])\n");
        fails(
                "Error: No matching VMs found\nRaised Cli_util.Cli_failure(\"No matching VMs found\")\n",
                "vm-start",
                "vm=x",
                "trace=true");
    }

    @Test
    void recordsWithTheSameFieldsAreATable() throws Exception {
        String vm = xe.run("vm-create", "name-label=caf\u00e9").ok();
        assertThat(xe.run(
                                "vm-list",
                                "--table",
                                "is-control-domain=false",
                                "name-label=caf\u00e9",
                                "params=name-label,uuid,tags")
                        .ok())
                .isEqualTo("uuid" + " ".repeat(34) + "name-label  tags\n" + vm + "  caf\u00e9");
        for (String device : List.of("0", "1")) {
            xe.run("vbd-create", "vm-uuid=" + vm, "type=CD", "mode=RO", "device=" + device)
                    .ok();
        }
        assertThat(xe.run("vm-cd-list", "uuid=" + vm, "vbd-params=userdevice,empty", "--table")
                        .ok())
                .isEqualTo("empty  userdevice\ntrue   0\ntrue   1");
        assertThat(xe.run("vm-list", "name-label=none", "--table").ok()).isEmpty();
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
