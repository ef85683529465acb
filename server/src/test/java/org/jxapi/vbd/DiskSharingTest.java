package org.jxapi.vbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.SimulatorOrders;

/**
 * A VM takes all its disks before it gets a domain, as VBD.attach would: with_vbds_marked in upstream's
 * ocaml/xapi/message_forwarding.ml, and the sharing checks in ocaml/xapi/xapi_vbd_helpers.ml.
 */
class DiskSharingTest {
    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final SimulatorOrders simulator = new SimulatorOrders(daemon);
    private static String sr;
    private static String host;

    @BeforeAll
    static void start() throws Exception {
        sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        host = calls.first("host.get_all");
    }

    private static String vbd(String vm, String vdi, String mode) throws Exception {
        return calls.text("VBD.create", Calls.with(Calls.vbdRecord(vm, vdi), "mode", mode));
    }

    private static String vm(String name, String vdi, String mode) throws Exception {
        String vm = calls.vm(name);
        vbd(vm, vdi, mode);
        return vm;
    }

    private static String state(String vm) throws Exception {
        return calls.text("VM.get_power_state", vm);
    }

    /** Nothing is left of an operation that was refused. */
    private static void assertUntouched(String vm, String state) throws Exception {
        assertThat(state(vm)).isEqualTo(state);
        assertThat(calls.ok("VM.get_current_operations", vm)).isEmpty();
        for (String vbd : calls.list("VM.get_VBDs", vm)) {
            assertThat(calls.ok("VBD.get_current_operations", vbd)).isEmpty();
        }
        assertThat(calls.text("VM.get_scheduled_to_be_resident_on", vm)).isEqualTo("OpaqueRef:NULL");
    }

    private static void start(String vm) throws Exception {
        calls.ok("VM.start", vm, false, false);
    }

    private static void shutDown(String vm) throws Exception {
        calls.ok("VM.hard_shutdown", vm);
    }

    private static void assertDoesNotStart(String vm, String disk) throws Exception {
        assertThat(calls.error("VM.start", vm, false, false)).containsExactly("VDI_IN_USE", disk);
        assertUntouched(vm, "Halted");
    }

    @Test
    void aDiskThatAVmWritesToIsForNoOtherVm() throws Exception {
        String disk = calls.vdi(sr, MIB);
        String writer = vm("writer", disk, "RW");
        String second = vm("second writer", disk, "RW");
        String reader = vm("reader", disk, "RO");
        start(writer);
        for (String other : List.of(second, reader)) {
            assertDoesNotStart(other, disk);
            assertThat(calls.error("VM.start_on", other, host, false, false)).containsExactly("VDI_IN_USE", disk);
            assertUntouched(other, "Halted");
        }
        shutDown(writer);
        start(second);
        shutDown(second);
    }

    @Test
    void readersShareADiskAndKeepWritersAway() throws Exception {
        String disk = calls.vdi(sr, MIB);
        String one = vm("one reader", disk, "RO");
        String two = vm("two readers", disk, "RO");
        String writer = vm("a writer", disk, "RW");
        start(one);
        start(two);
        assertDoesNotStart(writer, disk);
        shutDown(one);
        shutDown(two);
        start(writer);
        shutDown(writer);
    }

    @Test
    void aVmDoesNotStartWithOneDiskTwice() throws Exception {
        String disk = calls.vdi(sr, MIB);
        String vm = vm("the same twice", disk, "RW");
        String again = vbd(vm, disk, "RW");
        assertDoesNotStart(vm, disk);
        calls.ok("VBD.destroy", again);
        vbd(vm, disk, "RO");
        assertDoesNotStart(vm, disk);
        for (String vbd : calls.list("VM.get_VBDs", vm)) {
            calls.ok("VBD.set_mode", vbd, "RO");
        }
        start(vm);
        shutDown(vm);
    }

    @Test
    void sharableDisksAndDiscsAreForAll() throws Exception {
        String disk = calls.text("VDI.create", Calls.with(Calls.vdiRecord(sr, MIB), "sharable", true));
        String isos = calls.first("SR.get_by_name_label", "ISO images");
        Path library = Path.of(calls.ok("PBD.get_device_config", calls.first("SR.get_PBDs", isos))
                .get("location")
                .asText());
        Files.write(library.resolve("shared.iso"), new byte[2048]);
        calls.ok("SR.scan", isos);
        String disc = calls.first("VDI.get_by_name_label", "shared.iso");
        List<String> vms = new ArrayList<>();
        for (String name : List.of("sharing", "sharing too")) {
            String vm = vm(name, disk, "RW");
            Map<String, Object> drive = Calls.with(Calls.vbdRecord(vm, disc), "type", "CD");
            calls.ok("VBD.create", Calls.with(drive, "mode", "RO"));
            Map<String, Object> none = Calls.with(drive, "VDI", "OpaqueRef:NULL");
            calls.ok("VBD.create", Calls.with(Calls.with(none, "mode", "RO"), "empty", true));
            vms.add(vm);
        }
        for (String vm : vms) {
            start(vm);
        }
        for (String vm : vms) {
            shutDown(vm);
        }
    }

    @Test
    void aSuspendedVmDoesNotGoOnWhileAnotherHasItsDisk() throws Exception {
        String disk = calls.vdi(sr, MIB);
        String sleeper = vm("sleeper", disk, "RW");
        String other = vm("awake", disk, "RW");
        start(sleeper);
        calls.ok("VM.suspend", sleeper);
        start(other);
        assertThat(calls.error("VM.resume", sleeper, false, false)).containsExactly("VDI_IN_USE", disk);
        assertThat(calls.error("VM.resume_on", sleeper, host, false, false)).containsExactly("VDI_IN_USE", disk);
        assertUntouched(sleeper, "Suspended");
        shutDown(other);
        calls.ok("VM.resume", sleeper, false, false);
        assertDoesNotStart(other, disk);
        shutDown(sleeper);
    }

    @Test
    void aRebootTakesTheDisksThatWereAddedMeanwhile() throws Exception {
        String disk = calls.vdi(sr, MIB);
        String owner = vm("owner", disk, "RW");
        String rebooting = calls.vm("rebooting");
        start(owner);
        start(rebooting);
        long domid = calls.ok("VM.get_domid", rebooting).asLong();
        String added = vbd(rebooting, disk, "RW");
        assertThat(calls.error("VM.clean_reboot", rebooting)).containsExactly("VDI_IN_USE", disk);
        assertThat(calls.error("VM.hard_reboot", rebooting)).containsExactly("VDI_IN_USE", disk);
        assertUntouched(rebooting, "Running");
        assertThat(calls.ok("VM.get_domid", rebooting).asLong()).isEqualTo(domid);
        shutDown(owner);
        calls.ok("VM.hard_reboot", rebooting);
        assertThat(calls.ok("VBD.get_currently_attached", added).asBoolean()).isTrue();
        assertDoesNotStart(owner, disk);
        shutDown(rebooting);
    }

    @Test
    void aGuestThatRebootsItselfGoesOnWithoutADiskThatAnotherVmHas() throws Exception {
        String disk = calls.vdi(sr, MIB);
        String own = calls.vdi(sr, MIB);
        String owner = vm("has it", disk, "RW");
        String vm = vm("reboots itself", own, "RW");
        start(owner);
        start(vm);
        long domid = calls.ok("VM.get_domid", vm).asLong();
        String added = vbd(vm, disk, "RW");
        simulator.guest(domid, "reboot");
        Eventually.holds(() -> {
            assertThat(calls.ok("VM.get_domid", vm).asLong()).isGreaterThan(domid);
            assertThat(calls.ok("VM.get_current_operations", vm)).isEmpty();
        });
        assertThat(state(vm)).isEqualTo("Running");
        assertThat(calls.ok("VBD.get_currently_attached", added).asBoolean()).isFalse();
        assertThat(calls.error("VDI.destroy", own)).containsExactly("VDI_IN_USE", own, "destroy");
        shutDown(owner);
        shutDown(vm);
    }

    @Test
    void aVmIsNotRevertedWhileAnotherUsesItsDisk() throws Exception {
        String disk = calls.vdi(sr, MIB);
        String vm = vm("to revert", disk, "RW");
        String snapshot = calls.text("VM.snapshot", vm, "before");
        String other = vm("uses it", disk, "RW");
        start(other);
        assertThat(calls.error("VM.revert", snapshot)).containsExactly("VDI_IN_USE", disk);
        assertUntouched(vm, "Halted");
        shutDown(other);
        calls.ok("VBD.destroy", calls.first("VM.get_VBDs", other));
        calls.ok("VM.revert", snapshot);
    }

    @Test
    void ofTwoVmsThatStartTogetherOneGetsTheDisk() throws Exception {
        String disk = calls.vdi(sr, MIB);
        List<String> vms = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            vms.add(vm("racer " + i, disk, "RW"));
        }
        ExecutorService threads = Executors.newFixedThreadPool(vms.size());
        try {
            for (int round = 0; round < 5; round++) {
                List<Callable<String>> starts = vms.stream()
                        .<Callable<String>>map(vm -> () -> new Calls(daemon).outcome("VM.start", vm, false, false))
                        .toList();
                List<String> outcomes = new ArrayList<>();
                for (Future<String> start : threads.invokeAll(starts)) {
                    outcomes.add(start.get());
                }
                assertThat(outcomes).containsOnlyOnce("ok");
                assertThat(outcomes.stream().filter(o -> !o.equals("ok"))).containsOnly("VDI_IN_USE");
                for (String vm : vms) {
                    if (state(vm).equals("Running")) {
                        shutDown(vm);
                    }
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void theVmsOfAnApplianceDoNotShareADisk() throws Exception {
        String disk = calls.vdi(sr, MIB);
        Map<String, Object> record = Map.of("name_label", "siblings", "name_description", "");
        String appliance = calls.text("VM_appliance.create", record);
        String one = vm("one sibling", disk, "RW");
        String two = vm("another sibling", disk, "RW");
        calls.ok("VM.set_appliance", one, appliance);
        calls.ok("VM.set_appliance", two, appliance);
        List<String> error = calls.error("VM_appliance.start", appliance, false);
        assertThat(error).hasSize(3).startsWith("OPERATION_PARTIALLY_FAILED", "VM_appliance.start");
        assertThat(List.of(state(one), state(two))).containsExactlyInAnyOrder("Running", "Halted");
        calls.ok("VM_appliance.hard_shutdown", appliance);
    }
}
