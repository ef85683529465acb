package org.jxapi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/** The commands of xe against a real daemon, as the thin CLI protocol shows them to any client. */
class XeTest {
    private static final String HINT = "For usage run: 'xe help'\n";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final ThinClient client = new ThinClient(daemon.socket());

    private static ThinClient.Outcome xe(String... args) throws Exception {
        return client.run(args);
    }

    private static String ok(String... args) throws Exception {
        return xe(args).ok();
    }

    private static String error(String... args) throws Exception {
        ThinClient.Outcome outcome = xe(args);
        assertThat(outcome.status()).isEqualTo(1);
        return outcome.err();
    }

    private static String vm(String name) throws Exception {
        return ok("vm-install", "template=Other install media", "new-name-label=" + name);
    }

    private static String get(String noun, String uuid, String field) throws Exception {
        return ok(noun + "-param-get", "uuid=" + uuid, "param-name=" + field);
    }

    @Test
    void aVmIsInstalledStartedListedAndShutDown() throws Exception {
        String uuid = ok("vm-install", "template=Debian Bookworm 12", "new-name-label=web");
        String disk = ok("vbd-list", "vm-uuid=" + uuid, "type=Disk", "params=vdi-uuid", "--minimal");
        assertThat(ok("vm-start", "vm=web")).isEmpty();
        assertThat(xe("vm-list", "name-label=web").out())
                .isEqualTo("uuid ( RO)           : " + uuid
                        + "\n     name-label ( RW): web\n    power-state ( RO): running\n\n\n");
        assertThat(ok("vm-list", "power-state=running", "name-label=web", "--minimal"))
                .isEqualTo(uuid);
        ok("vm-pause", "vm=" + uuid);
        ok("vm-unpause", "vm=" + uuid);
        ok("vm-suspend", "uuid=" + uuid);
        ok("vm-resume", "uuid=" + uuid, "progress=true", "--minimal");
        ok("vm-reboot", "uuid=" + uuid, "--force");
        ok("vm-shutdown", "uuid=" + uuid);
        assertThat(get("vm", uuid, "power-state")).isEqualTo("halted");
        ThinClient.Outcome kept = client.run(List.of("no"), Map.of(), "vm-uninstall", "uuid=" + uuid);
        String question = "The following items are about to be destroyed\nVM : " + uuid + " (web)\nVDI: " + disk + " ("
                + get("vdi", disk, "name-label") + ") \n";
        assertThat(kept.out()).isEqualTo(question + "Type 'yes' to continue\nAborted (you typed: 'no')\n");
        assertThat(client.run(List.of("Yes"), Map.of(), "vm-uninstall", "uuid=" + uuid)
                        .out())
                .isEqualTo(question + "Type 'yes' to continue\nAll objects destroyed\n");
        assertThat(ok("vdi-list", "uuid=" + disk, "--minimal")).isEmpty();
        assertThat(ok("task-list", "--minimal")).isEmpty();
    }

    @Test
    void recordsAreInXapisLayoutAndOrder() throws Exception {
        String vm = vm("layout");
        String host = ok("host-list", "--minimal");
        String vbd = ok("vbd-create", "vm-uuid=" + vm, "device=5", "type=CD", "mode=RO", "unpluggable=false");
        assertThat(xe("vbd-param-list", "uuid=" + vbd).out()).isEqualTo("""
                uuid ( RO)                        : %s
                                     vm-uuid ( RO): %s
                               vm-name-label ( RO): layout
                                    vdi-uuid ( RO): <not in database>
                              vdi-name-label ( RO): <EMPTY>
                          allowed-operations (SRO): %s
                          current-operations (SRO):\s
                                       empty ( RO): true
                                      device ( RO): %s
                                  userdevice ( RW): 5
                                    bootable ( RW): false
                                        mode ( RW): RO
                                        type ( RW): CD
                                 unpluggable ( RW): false
                          currently-attached ( RO): false
                                  attachable ( RO): %s
                                storage-lock ( RO): false
                                 status-code ( RO): 0
                               status-detail ( RO):\s
                          qos_algorithm_type ( RW):\s
                        qos_algorithm_params (MRW):\s
                    qos_supported_algorithms (SRO):\s
                                other-config (MRW):\s
                                 io_read_kbs ( RO): <unknown>
                                io_write_kbs ( RO): <unknown>


                """.formatted(
                        vbd,
                        vm,
                        get("vbd", vbd, "allowed-operations"),
                        get("vbd", vbd, "device"),
                        get("vbd", vbd, "attachable")));
        assertThat(xe("sr-list", "type=iso", "params=host,shared,uuid").out())
                .isEqualTo("uuid ( RO)      : " + ok("sr-list", "type=iso", "--minimal")
                        + "\n      host ( RO): " + get("host", host, "name-label")
                        + "\n    shared ( RW): " + get("sr", ok("sr-list", "type=iso", "--minimal"), "shared")
                        + "\n\n\n");
        assertThat(xe("vm-list", "uuid=" + vm, "params=allowed-VBD-devices,cooperative")
                        .out())
                .isEqualTo("allowed-VBD-devices (SRO)         : <expensive field>\n"
                        + "    cooperative ( RO) [DEPRECATED]: <expensive field>\n\n\n");
        assertThat(ok("vm-list", "is-control-domain=true", "params=name-label", "--minimal"))
                .startsWith("Control domain on host: ");
        ok("vm-param-set", "uuid=" + vm, "name-label=a,b\\c");
        assertThat(ok("vm-list", "uuid=" + vm, "params=name-label", "--minimal"))
                .isEqualTo("a\\,b\\\\c");
        assertThat(ok("vm-list", "uuid=none", "--minimal")).isEmpty();
        assertThat(xe("vm-list", "uuid=none").out()).isEmpty();
        for (String kind : List.of("host", "pool", "pif", "network", "console", "host-cpu", "sr", "sm", "pbd")) {
            String uuid = ok(kind + "-list", "--minimal").split(",")[0];
            if (!uuid.isEmpty()) {
                assertThat(ok(kind + "-param-list", "uuid=" + uuid)).contains("uuid ( RO)");
            }
        }
    }

    @Test
    void filtersLookIntoFieldsMapsAndSets() throws Exception {
        String one = vm("filter-1");
        String two = vm("filter-2");
        ok("vm-param-set", "uuid=" + one, "other-config:colour=red");
        ok("vm-param-set", "uuid=" + two, "other-config-colour=blue");
        ok("vm-param-add", "uuid=" + one, "param-name=tags", "param-key=front");
        assertThat(ok("vm-list", "other-config:colour=red", "--minimal")).isEqualTo(one);
        assertThat(ok("vm-list", "other-config-colour=blue", "--minimal")).isEqualTo(two);
        assertThat(ok("vm-list", "tags:contains=front", "--minimal")).isEqualTo(one);
        assertThat(ok("vm-list", "name-label=filter-2", "power-state=halted", "--minimal"))
                .isEqualTo(two);
        assertThat(error("vm-list", "colour=red")).isEqualTo("Error: Unknown field 'colour'\n");
        assertThat(error("vm-list", "tags:holds=front"))
                .isEqualTo("Error: Invalid syntax for set filtering (should be set-param:contains=key)\n");
        assertThat(error("vm-list", "uuid:x=y")).isEqualTo("Error: Field 'uuid' is not a set or map\n");
        String mac =
                ok("vif-create", "vm-uuid=" + one, "device=0", "mac=02:AA:00:00:00:01", "network-uuid=" + network());
        assertThat(ok("vif-list", "MAC=02:aa:00:00:00:01", "--minimal")).isEqualTo(mac);
        assertThat(ok("template-list", "--minimal")).doesNotContain(one);
    }

    private static String network() throws Exception {
        return ok("network-list", "--minimal").split(",")[0];
    }

    @Test
    void errorsAreSaidAsXapiSaysThem() throws Exception {
        String vm = vm("off");
        assertThat(error("vm-pause", "vm=off"))
                .endsWith(".\nvm: " + vm + " (off)\nexpected: running\nactual: halted\n")
                .doesNotContain("VM_BAD_POWER_STATE");
        assertThat(error("vm-dance")).isEqualTo("Unknown command: vm-dance\n" + HINT);
        assertThat(error("")).isEqualTo("Unknown command: \n" + HINT);
        assertThat(error("uuid=1")).isEqualTo("Syntax error: \n" + HINT);
        assertThat(error("vm-list", "-x", "1")).isEqualTo("Syntax error: \n" + HINT);
        assertThat(error("vm-param-get", "param-name=uuid")).isEqualTo("Required parameter not found: uuid\n" + HINT);
        assertThat(error("vm-param-get", "uuid=" + vm, "param-name=none"))
                .isEqualTo("Error code: Missing parameter\nError parameters: none\n");
        assertThat(error("vm-start", "vm=nobody")).isEqualTo("Error: No matching VMs found\n");
        assertThat(error("vm-start", "is-a-snapshot=false"))
                .isEqualTo("Error: Multiple matches VMs found. --multiple required to complete the operation\n");
        assertThat(error("vm-copy", "is-a-snapshot=false", "new-name-label=x"))
                .isEqualTo("Error: Multiple matches VMs found. Operation can only be performed on one VM at a time\n");
        assertThat(error("vm-reset-powerstate", "vm=off")).contains("must be forced (use --force)");
        assertThat(error("host-data-source-list", "host=" + ok("host-list", "--minimal"), "colour=red"))
                .isEqualTo("Error: Unknown field 'colour'\n");
        assertThat(error("vdi-destroy", "uuid=no-such-disk")).contains("\ntype: VDI\nuuid: no-such-disk\n");
        assertThat(error("diagnostic-net-stats", "host=" + ok("host-list", "--minimal")))
                .endsWith("\nfunction: Diagnostics.network_stats\n");
        ThinClient.Outcome several =
                xe("vm-unpause", "name-label=off", "--multiple", "power-state=halted", "is-control-domain=false");
        assertThat(several.status()).isEqualTo(1);
        vm("off");
        several = xe("vm-unpause", "name-label=off", "--multiple");
        assertThat(several.status()).isEqualTo(1);
        assertThat(several.out()).contains("operation failed on " + vm + ": ").contains("\nactual: halted\n");
    }

    @Test
    void parametersAreSetAddedRemovedAndCleared() throws Exception {
        String vm = vm("p");
        ok("vm-param-set", "uuid=" + vm, "name-description=text", "other-config:colour=red", "HVM-boot-params:order=n");
        assertThat(get("vm", vm, "name-description")).isEqualTo("text");
        assertThat(get("vm", vm, "HVM-boot-params")).contains("order: n");
        ok("vm-param-set", "uuid=" + vm, "other-config:colour=green");
        assertThat(ok("vm-param-get", "uuid=" + vm, "param-name=other-config", "param-key=colour"))
                .isEqualTo("green");
        assertThat(error("vm-param-get", "uuid=" + vm, "param-name=other-config", "param-key=taste"))
                .isEqualTo("Error: Key taste not found in map\n");
        ok("vm-param-remove", "uuid=" + vm, "param-name=other-config", "param-key=colour");
        assertThat(error("vm-param-remove", "uuid=" + vm, "param-name=other-config", "param-key=colour"))
                .isEqualTo("Error: Key colour is not in map\n");
        ok("vm-param-add", "uuid=" + vm, "param-name=platform", "a=1", "b=2");
        assertThat(get("vm", vm, "platform")).contains("a: 1").contains("b: 2");
        ok("vm-param-clear", "uuid=" + vm, "param-name=platform");
        assertThat(get("vm", vm, "platform")).isEmpty();
        ok("vm-param-add", "uuid=" + vm, "param-name=tags", "param-key=x");
        ok("vm-param-add", "uuid=" + vm, "param-name=tags", "param-key=y");
        assertThat(get("vm", vm, "tags")).isEqualTo("x, y");
        ok("vm-param-clear", "uuid=" + vm, "param-name=tags");
        ok("vm-param-clear", "uuid=" + vm, "param-name=name-description");
        assertThat(get("vm", vm, "name-description")).isEmpty();
        ok("vm-param-set", "uuid=" + vm, "memory-static-max=2GiB");
        ok("vm-param-set", "uuid=" + vm, "memory-dynamic-max=1024MiB");
        assertThat(get("vm", vm, "memory-static-max")).isEqualTo("2147483648");
        assertThat(get("vm", vm, "memory-dynamic-max")).isEqualTo("1073741824");
        ok("vm-param-set", "uuid=" + vm, "VCPUs-max=4");
        ok("vm-param-set", "uuid=" + vm, "VCPUs-at-startup=2", "actions-after-crash=restart");
        assertThat(get("vm", vm, "actions-after-crash")).isEqualTo("Restart");
        ok("vm-param-set", "uuid=" + vm, "VCPUs-params:weight=512");
        assertThat(get("vm", vm, "VCPUs-params")).isEqualTo("weight: 512");
        assertThat(error("vm-param-set", "uuid=" + vm, "VCPUs-params:colour=1"))
                .isEqualTo("Error: Failed to add parameter 'colour': expecting 'weight','cap' or 'mask'\n");
        assertThat(error("vm-param-set", "uuid=" + vm, "VCPUs-max=many"))
                .isEqualTo("Error: Failed to parse parameter 'VCPUs-max': expecting an integer\n");
        assertThat(error("vm-param-set", "uuid=" + vm, "is-a-template=maybe"))
                .isEqualTo("Error: Failed to parse parameter 'is-a-template': expecting a boolean (true or false)\n");
        assertThat(error("vm-param-set", "uuid=" + vm, "actions-after-crash=sing"))
                .isEqualTo("Error: Expected one of 'destroy', 'coredump_and_destroy', 'restart',"
                        + " 'coredump_and_restart', 'preserve', 'rename_restart', got sing\n");
        assertThat(error("vm-param-set", "uuid=" + vm, "power-state=running"))
                .isEqualTo("Error: Field 'power-state' is read-only.\n");
        assertThat(error("vm-param-set", "uuid=" + vm, "other-config=x"))
                .isEqualTo("Error: Field 'other-config' is a map or set. use the 'name:key=value' syntax.\n");
        assertThat(error("vm-param-set", "uuid=" + vm, "tags:x=y"))
                .isEqualTo("Error: Cannot param-set on set fields\n");
        assertThat(error("vm-param-add", "uuid=" + vm, "param-name=allowed-operations", "param-key=start"))
                .isEqualTo("Error: Parameter is read-only\n");
        ok("vm-param-set", "uuid=" + vm, "affinity=" + ok("host-list", "--minimal"));
        assertThat(get("vm", vm, "affinity")).isEqualTo(ok("host-list", "--minimal"));
        ok("vm-param-set", "uuid=" + vm, "affinity=");
        assertThat(get("vm", vm, "affinity")).isEqualTo("<not in database>");
        ok("vm-param-set", "uuid=" + vm, "blocked-operations:start=not today");
        assertThat(get("vm", vm, "blocked-operations")).isEqualTo("start: not today");
        ok("vm-param-remove", "uuid=" + vm, "param-name=blocked-operations", "param-key=start");
        assertThat(get("vm", vm, "blocked-operations")).isEmpty();
        ok(
                "vm-memory-limits-set",
                "uuid=" + vm,
                "static-min=512MiB",
                "dynamic-min=1GiB",
                "dynamic-max=1GiB",
                "static-max=1GiB");
        assertThat(get("vm", vm, "memory-static-min")).isEqualTo("536870912");
    }

    @Test
    void disksAndDrivesComeAndGo() throws Exception {
        String vm = vm("disks");
        String sr = ok("sr-list", "content-type=user", "--minimal");
        ok("vm-disk-add", "vm=disks", "disk-size=2GiB", "device=1");
        String vdi = ok("vbd-list", "vm-uuid=" + vm, "userdevice=1", "params=vdi-uuid", "--minimal");
        String vbd = ok("vbd-list", "vm-uuid=" + vm, "userdevice=1", "--minimal");
        assertThat(xe("vm-disk-list", "vm=disks", "vdi-params=uuid,virtual-size,sr-uuid")
                        .out())
                .contains("Disk 0 VBD:\nuuid ( RO)             : " + vbd + "\n    vm-name-label ( RO): disks\n"
                        + "       userdevice ( RW): 1\n\n\nDisk 0 VDI:\nuuid ( RO)            : " + vdi
                        + "\n         sr-uuid ( RO): " + sr + "\n    virtual-size ( RO): 2147483648\n\n\n");
        assertThat(get("vbd", vbd, "other-config")).isEqualTo("owner: ");
        ok("vm-disk-remove", "vm=disks", "device=1");
        assertThat(ok("vdi-list", "uuid=" + vdi, "--minimal")).isEmpty();
        assertThat(error("vm-disk-remove", "vm=disks", "device=1")).isEqualTo("Error: Disk not found\n");
        String data = ok("vdi-create", "sr-uuid=" + sr, "name-label=data", "virtual-size=1GiB", "sm-config:a=b");
        assertThat(get("vdi", data, "type")).isEqualTo("User");
        assertThat(get("vdi", data, "virtual-size")).isEqualTo("1073741824");
        assertThat(error("vdi-create", "sr-uuid=" + sr, "name-label=x", "virtual-size=big"))
                .contains("got 'big'");
        ok("vdi-resize", "uuid=" + data, "disk-size=2GiB");
        String copy = ok("vdi-clone", "uuid=" + data, "new-name-label=copy");
        assertThat(get("vdi", copy, "name-label")).isEqualTo("copy");
        assertThat(error("vdi-copy", "uuid=" + data)).contains("but not both");
        String attached = ok("vbd-create", "vm-uuid=" + vm, "vdi-uuid=" + data, "device=2", "bootable=true");
        assertThat(get("vbd", attached, "bootable")).isEqualTo("true");
        assertThat(error("vbd-create", "vm-uuid=" + vm, "device=3"))
                .isEqualTo("Error: Empty VBDs can only be made for type=CD\n");
        ok("vbd-destroy", "uuid=" + attached);
        ok("vdi-destroy", "uuid=" + data);
        assertThat(error("vm-cd-insert", "vm=disks", "cd-name=none.iso")).isEqualTo("Error: CD none.iso not found\n");
        assertThat(ok("cd-list", "--minimal")).isEmpty();
        String vif = ok("vif-create", "vm-uuid=" + vm, "device=0", "mac=random", "network-uuid=" + network());
        assertThat(xe("vm-vif-list", "vm=disks").out())
                .startsWith("uuid ( RO)                  : " + vif + "\n")
                .contains("         vm-name-label ( RO): disks\n");
        String net = ok("network-create", "name-label=inner", "MTU=9000");
        assertThat(get("network", net, "MTU")).isEqualTo("9000");
        ok("network-destroy", "uuid=" + net);
        ok("vif-destroy", "uuid=" + vif);
    }

    @Test
    void snapshotsAreTakenCopiedRevertedAndUninstalled() throws Exception {
        String vm = ok("vm-install", "template=Debian Bookworm 12", "new-name-label=original");
        String snapshot = ok("vm-snapshot", "vm=original", "new-name-label=before", "new-name-description=why");
        assertThat(xe("snapshot-list", "uuid=" + snapshot).out())
                .isEqualTo("uuid ( RO)                : " + snapshot
                        + "\n          name-label ( RW): before\n    name-description ( RW): why\n"
                        + "    is-vmss-snapshot ( RO): false\n\n\n");
        assertThat(get("vm", vm, "snapshots")).isEqualTo(snapshot);
        assertThat(xe("snapshot-disk-list", "uuid=" + snapshot).out()).startsWith("Disk 0 VBD:\n");
        ok("vm-param-set", "uuid=" + vm, "other-config:mark=later");
        ok("snapshot-revert", "snapshot-uuid=" + snapshot);
        assertThat(get("vm", vm, "other-config")).doesNotContain("mark");
        String template = ok("snapshot-clone", "uuid=" + snapshot, "new-name-label=from snapshot");
        assertThat(get("template", template, "is-a-template")).isEqualTo("true");
        assertThat(error("snapshot-destroy", "uuid=" + vm))
                .isEqualTo("Error: This operation can only be performed on a VM snapshot. " + vm
                        + " is not a VM snapshot.\n");
        assertThat(ok("snapshot-uninstall", "uuid=" + snapshot, "--force")).endsWith("All objects destroyed");
        assertThat(ok("template-uninstall", "template-uuid=" + template, "--force"))
                .endsWith("All objects destroyed");
        String clone = ok("vm-clone", "vm=original", "new-name-label=twin", "new-name-description=d");
        assertThat(get("vm", clone, "name-description")).isEqualTo("d");
    }

    @Test
    void hostsAreChosenByNameAndSwitchedOffAndOn() throws Exception {
        String host = ok("host-list", "--minimal");
        String name = get("host", host, "name-label");
        ok("host-disable", "host=" + name);
        assertThat(get("host", host, "enabled")).isEqualTo("false");
        ok("host-enable", "uuid=" + host);
        assertThat(get("host", host, "enabled")).isEqualTo("true");
        assertThat(Long.parseLong(ok("host-compute-free-memory", "host=" + host)))
                .isPositive();
        assertThat(xe("host-cpu-info", "uuid=" + host).out())
                .contains("cpu_count")
                .endsWith("\n\n\n");
        assertThat(error("host-disable", "host=elsewhere")).isEqualTo("Error: No matching hosts found\n");
        assertThat(client.run(List.of("no"), Map.of(), "host-forget", "uuid=" + host)
                        .out())
                .startsWith("WARNING: ")
                .endsWith("Type 'yes' to continue\nAborted (you typed: 'no')\n");
        assertThat(get("host", host, "uuid")).isEqualTo(host);
        assertThat(error("vm-start", "vm=nobody", "on=elsewhere")).isEqualTo("Error: No matching VMs found\n");
    }

    @Test
    void eventWaitEndsWhenTheConditionHolds() throws Exception {
        String vm = vm("awaited");
        CompletableFuture<ThinClient.Outcome> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return xe("event-wait", "class=vm", "uuid=" + vm, "power-state=running", "name-label=/=other");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        ok("vm-start", "uuid=" + vm);
        assertThat(waiting.get(30, TimeUnit.SECONDS).status()).isZero();
        ok("vm-shutdown", "uuid=" + vm, "--force");
        assertThat(error("event-wait", "class=vm", "colour=red")).isEqualTo("Error: key missing: colour\n");
        assertThat(error("event-wait", "class=cluster"))
                .isEqualTo("Error: Cli listening for class 'cluster' not currently implemented\n");
    }

    @Test
    void helpIsInXapisShape() throws Exception {
        assertThat(ok("help")).startsWith("Usage:\n  xe <command>\n").contains("\nCommon command list\n", "vm-start");
        assertThat(ok("help", "--all")).contains("\nFull command list\n", "vm-param-set", "host-dmesg");
        assertThat(ok("help", "--minimal")).matches("[a-z,-]+").contains(",vm-start,");
        assertThat(ok("help", "vm-pause"))
                .startsWith("command name            : vm-pause\n        reqd params     : \n"
                        + "        optional params : <vm-selectors>\n        description     : Pauses running VMs.");
        assertThat(ok("help", "vm-dance")).isEqualTo("Unknown command 'vm-dance'");
    }

    @Test
    void filesAreTakenFromTheClient() throws Exception {
        ThinClient.Outcome refused =
                client.run(List.of(), Map.of(), "pool-install-ca-certificate", "filename=/tmp/ca.pem");
        assertThat(refused).isEqualTo(new ThinClient.Outcome("", "Failed to read certificate\n", 1));
        ThinClient.Outcome given = client.run(
                List.of(),
                Map.of("/tmp/ca.pem", "not a certificate"),
                "pool-install-ca-certificate",
                "filename=/tmp/ca.pem");
        assertThat(given.status()).isEqualTo(1);
        assertThat(given.err()).doesNotContain("Failed to read").isNotEmpty();
    }
}
