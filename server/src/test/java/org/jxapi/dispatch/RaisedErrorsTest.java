package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;

/**
 * Errors come with the parameters that XAPI raises, also where its model declares more: datamodel_errors.ml, and the
 * modules that raise.
 */
class RaisedErrorsTest {
    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static final Calls calls = daemon.calls();

    /** xapi_vm_helpers.ml destroy. */
    @Test
    void aVmThatWasADefaultTemplate() throws Exception {
        String vm = calls.vm("precious");
        calls.ok("VM.add_to_other_config", vm, "default_template", "true");
        assertThat(calls.error("VM.destroy", vm)).containsExactly("VM_CANNOT_DELETE_DEFAULT_TEMPLATE");
    }

    /** xapi_pif.ml destroy. */
    @Test
    void aPhysicalInterface() throws Exception {
        assertThat(calls.error("PIF.destroy", calls.first("PIF.get_all"))).containsExactly("PIF_IS_PHYSICAL");
    }

    /** xapi_vm.ml set_snapshot_schedule. */
    @Test
    void aTemplateOrNothingForASchedule() throws Exception {
        String schedule = calls.text(
                "VMSS.create",
                Map.of("name_label", "nightly", "type", "snapshot", "frequency", "daily", "schedule", Map.of()));
        String template = calls.first("VM.get_by_name_label", "Other install media");
        assertThat(calls.error("VM.set_snapshot_schedule", template, schedule))
                .containsExactly("VM_IS_TEMPLATE", template);
        assertThat(calls.error("VM.set_snapshot_schedule", calls.vm("unscheduled"), "OpaqueRef:none"))
                .containsExactly("INVALID_VALUE", "OpaqueRef:none");
    }

    /** xapi_message.ml get and create. */
    @Test
    void anObjectThatNoMessageIsAbout() throws Exception {
        assertThat(calls.error("message.get", "VM", "none", "19700101T00:00:00Z"))
                .containsExactly("UUID_INVALID");
        assertThat(calls.error("message.create", "N", 1, "VM", "none", "b"))
                .containsExactly("UUID_INVALID", "VM", "none");
    }

    /** Here more than XAPI raises (xapi_vm.ml power_state_reset): the domain that its model declares. */
    @Test
    void aDomainThatIsThere() throws Exception {
        String vm = calls.vm("there");
        calls.ok("VM.start", vm, false, false);
        String domid = calls.text("VM.get_domid", vm);
        assertThat(calls.error("VM.power_state_reset", vm)).containsExactly("DOMAIN_EXISTS", vm, domid);
        calls.ok("VM.hard_shutdown", vm);
    }

    /** xapi_vbd.ml assert_not_suspended, assert_ok_to_insert: a disk stays one for the guest that has it. */
    @Test
    void aDiskThatIsCalledADrive() throws Exception {
        String vm = calls.vm("has a disk");
        String sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        String vbd = calls.text("VBD.create", Calls.vbdRecord(vm, calls.vdi(sr, MIB)));
        calls.ok("VM.start", vm, false, false);
        calls.ok("VBD.set_type", vbd, "CD");
        assertThat(calls.error("VBD.eject", vbd)).containsExactly("VBD_NOT_REMOVABLE_MEDIA", vbd);
        assertThat(calls.ok("VBD.get_empty", vbd).asBoolean()).isFalse();
        calls.ok("VM.hard_shutdown", vm);
    }

    /** A failure in a repository's folder gives the reason, and not only the place. */
    @Test
    void aFolderThatIsGone() throws Exception {
        Path location = folder.resolve("goes");
        String sr = calls.fileSr("goes", Map.of("location", location.toString()));
        Files.delete(location);
        assertThat(calls.error("VDI.create", Calls.vdiRecord(sr, MIB)).get(2))
                .startsWith("The SR is not available [opterr=" + location)
                .contains(": No such file or directory]");
    }

    /** device_number.ml: partitions, and disks of other controllers. */
    @Test
    void aDiskIsGivenAsAPartition() throws Exception {
        String vm = calls.vm("parts");
        String sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        Map<String, Object> record = Calls.vbdRecord(vm, calls.vdi(sr, MIB));
        String part = calls.text("VBD.create", Calls.with(record, "userdevice", "xvda2"));
        assertThat(calls.text("VBD.get_userdevice", part)).isEqualTo("xvda2");
        assertThat(calls.text("VBD.get_device", part)).isEqualTo("xvda2");
        Map<String, Object> other = Calls.vbdRecord(vm, calls.vdi(sr, MIB));
        String scsi = calls.text("VBD.create", Calls.with(other, "userdevice", "sda0"));
        assertThat(calls.text("VBD.get_device", scsi)).isEqualTo("sda");
        assertThat(calls.error("VBD.create", Calls.with(other, "userdevice", "sda")))
                .containsExactly("DEVICE_ALREADY_EXISTS", "sda");
        assertThat(calls.error("VBD.create", Calls.with(other, "userdevice", "d0p2")))
                .containsExactly("DEVICE_ALREADY_EXISTS", "d0p2");
        assertThat(calls.list("VM.get_allowed_VBD_devices", vm))
                .startsWith("0", "1")
                .hasSize(255);
        calls.ok("VM.start", vm, false, false);
        assertThat(calls.ok("VBD.get_currently_attached", part).asBoolean()).isTrue();
        calls.ok("VM.hard_shutdown", vm);
    }
}
