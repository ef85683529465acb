package org.jxapi.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.SimulatorOrders;
import org.jxapi.harness.Uploads;
import org.jxapi.image.Qcow2Image;
import org.jxapi.neighbour.guest.GuestPlan;
import org.jxapi.neighbour.guest.LibvirtGuest;
import org.jxapi.neighbour.guest.XlGuest;

/** Running domains of xl and libvirt become VMs, and are given back, while their guests run. */
class LiveDomainsTest {
    private static final int MIB = 1 << 20;
    private static final String HVM = "4a6f1c2e-9e3d-4b8f-8c11-0000000000a1";
    private static final String HALF = "4a6f1c2e-9e3d-4b8f-8c11-0000000000a3";
    private static final String PV = "4a6f1c2e-9e3d-4b8f-8c11-0000000000a2";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();

    @TempDir
    static Path folder;

    private static String plugin(String function, Map<String, String> args) throws Exception {
        return calls.text("host.call_plugin", calls.first("host.get_all"), "jxapi-neighbour", function, args);
    }

    /** The VM of a domain that another tool creates. */
    private static String created(String uuid, String config) throws Exception {
        new SimulatorOrders(daemon).give("{\"create\": " + config + "}");
        Eventually.holds(() -> assertThat(calls.outcome("VM.get_by_uuid", uuid)).isEqualTo("ok"));
        return calls.text("VM.get_by_uuid", uuid);
    }

    private static String bridge() throws Exception {
        return calls.text("network.get_bridge", calls.first("network.get_all"));
    }

    private static byte[] export(String uuid, String format) throws Exception {
        return new Uploads(daemon, calls).get("/export?uuid=" + uuid + "&format=" + format);
    }

    @Test
    void anHvmGuestOfXlIsTakenOverWorkedWithAndGivenBack() throws Exception {
        Path disk = Files.write(folder.resolve("hvm.img"), new byte[2 * MIB]);
        String vm = created(
                HVM,
                "{\"cInfo\": {\"type\": \"HVM\", \"name\": \"win\", \"uuid\": \"" + HVM + "\"},"
                        + "\"bInfo\": {\"maxVcpus\": 2, \"maxMemkb\": 262144, \"targetMemkb\": 262144, \"acpi\": true,"
                        + "\"hvm\": {\"boot\": \"dc\", \"vga\": \"STD\", \"serial\": \"pty\"}},"
                        + "\"disks\": [{\"pdevPath\": \"" + disk + "\", \"vdev\": \"hda\", \"readwrite\": true},"
                        + "{\"vdev\": \"hdc\", \"format\": \"EMPTY\", \"isCdrom\": true}],"
                        + "\"nics\": [{\"devid\": 0, \"mac\": \"00:16:3e:00:00:a1\", \"bridge\": \"" + bridge()
                        + "\"}],"
                        + "\"onPoweroff\": \"DESTROY\", \"onReboot\": \"RESTART\", \"onCrash\": \"PRESERVE\"}");
        String domid = calls.text("VM.get_domid", vm);
        assertThat(calls.outcome("VM.hard_reboot", vm)).isEqualTo("OPERATION_NOT_ALLOWED");

        assertThat(plugin("adopt", Map.of("vm", HVM))).contains("taken where it is");
        assertThat(calls.ok("VM.get_other_config", vm).has("foreign")).isFalse();
        assertThat(calls.text("VM.get_domid", vm)).isEqualTo(domid);
        assertThat(calls.ok("VM.get_platform", vm).get("vga").asText()).isEqualTo("std");
        assertThat(calls.ok("VM.get_HVM_boot_params", vm).get("order").asText()).isEqualTo("dc");
        assertThat(calls.text("VM.get_actions_after_crash", vm)).isEqualTo("preserve");
        String vdi = calls.diskOf(vm);
        assertThat(calls.text("VDI.get_virtual_size", vdi)).isEqualTo(Integer.toString(2 * MIB));
        assertThat(Files.getAttribute(disk, "unix:nlink")).isEqualTo(2);

        calls.ok("VM.hard_reboot", vm);
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
        String rebooted = calls.text("VM.get_domid", vm);
        assertThat(rebooted).isNotEqualTo(domid);

        assertThat(plugin("release", Map.of("vm", HVM))).contains("the guest runs on");
        assertThat(calls.ok("VM.get_other_config", vm).get("foreign").asText()).isEqualTo("true");
        assertThat(calls.text("VM.get_domid", vm)).isEqualTo(rebooted);
        assertThat(calls.outcome("VM.hard_reboot", vm)).isEqualTo("OPERATION_NOT_ALLOWED");
        assertThat(calls.error(
                        "host.call_plugin",
                        calls.first("host.get_all"),
                        "jxapi-neighbour",
                        "release",
                        Map.of("vm", HVM)))
                .first()
                .isEqualTo("OPERATION_NOT_ALLOWED");

        plugin("adopt", Map.of("vm", HVM));
        assertThat(calls.diskOf(vm)).isEqualTo(vdi);
        calls.ok("VM.hard_shutdown", vm);
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Halted");
    }

    @Test
    void aPvGuestOfLibvirtIsTakenOverWithItsQcow2Disk() throws Exception {
        Path disk = folder.resolve("pv.qcow2");
        Qcow2Image.create(disk, 3 * MIB, null);
        String vm = created(
                PV,
                "{\"cInfo\": {\"type\": \"PV\", \"name\": \"pv\", \"uuid\": \"" + PV + "\"},"
                        + "\"bInfo\": {\"maxVcpus\": 1, \"maxMemkb\": 131072, \"targetMemkb\": 131072,"
                        + "\"bootloader\": \"pygrub\", \"cmdline\": \"console=hvc0\", \"pv\": {}},"
                        + "\"disks\": [{\"pdevPath\": \"" + disk + "\", \"vdev\": \"xvda\", \"format\": \"QCOW2\","
                        + "\"readwrite\": true}]}");
        plugin("adopt", Map.of("vm", PV));
        assertThat(calls.text("VM.get_PV_bootloader", vm)).isEqualTo("pygrub");
        assertThat(calls.text("VM.get_PV_args", vm)).isEqualTo("console=hvc0");
        String vdi = calls.diskOf(vm);
        assertThat(calls.text("VDI.get_virtual_size", vdi)).isEqualTo(Integer.toString(3 * MIB));
        String xl = new String(export(PV, "xl"), StandardCharsets.UTF_8);
        GuestPlan plan = XlGuest.read(xl, 0);
        GuestPlan same = LibvirtGuest.read(new String(export(PV, "libvirt"), StandardCharsets.UTF_8), 0);
        assertThat(plan.report().refused()).isZero();
        assertThat(same.report().refused()).isZero();
        assertThat(same.text()).isEqualTo(plan.text());
        assertThat(plan.uuid()).isEqualTo(PV);
        assertThat(Path.of(String.valueOf(plan.disks().get(0).path()))).hasSameBinaryContentAs(disk);
        calls.ok("VM.hard_shutdown", vm);
    }

    /** The first disk gets a second name before the second one fails: udev shows block devices only. */
    @Test
    void anAdoptionThatFailsLeavesNothingBehind() throws Exception {
        Path disk = Files.write(folder.resolve("half.img"), new byte[MIB]);
        String vm = created(
                HALF,
                "{\"cInfo\": {\"type\": \"HVM\", \"name\": \"half\", \"uuid\": \"" + HALF + "\"},"
                        + "\"bInfo\": {\"maxVcpus\": 1, \"maxMemkb\": 131072, \"targetMemkb\": 131072,"
                        + "\"hvm\": {\"vga\": \"STD\"}},"
                        + "\"disks\": [{\"pdevPath\": \"" + disk + "\", \"vdev\": \"xvda\", \"readwrite\": true},"
                        + "{\"pdevPath\": \"/dev/null\", \"vdev\": \"xvdb\", \"readwrite\": true}]}");
        int disks = calls.list("VDI.get_all").size();
        int repositories = calls.list("SR.get_all").size();
        List<String> error = calls.error(
                "host.call_plugin", calls.first("host.get_all"), "jxapi-neighbour", "adopt", Map.of("vm", HALF));
        assertThat(error.toString()).contains("does not show /dev/null");
        assertThat(Files.getAttribute(disk, "unix:nlink")).isEqualTo(1);
        assertThat(calls.list("VDI.get_all")).hasSize(disks);
        assertThat(calls.list("SR.get_all")).hasSize(repositories);
        try (Stream<Path> links = Files.list(daemon.folder().resolve("data/devices"))) {
            assertThat(links).isEmpty();
        }
        assertThat(calls.ok("VM.get_other_config", vm).get("foreign").asText()).isEqualTo("true");
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
    }

    @Test
    void adoptionSaysWhatItIsNotFor() throws Exception {
        String halted = calls.text("VM.get_uuid", calls.vm("halted"));
        List<String> error = calls.error(
                "host.call_plugin", calls.first("host.get_all"), "jxapi-neighbour", "adopt", Map.of("vm", halted));
        assertThat(error.get(0)).isEqualTo("VM_BAD_POWER_STATE");
        assertThat(calls.error(
                        "host.call_plugin", calls.first("host.get_all"), "jxapi-neighbour", "nonsense", Map.of()))
                .containsExactly("UNKNOWN_XENAPI_PLUGIN_FUNCTION", "nonsense");
    }
}
