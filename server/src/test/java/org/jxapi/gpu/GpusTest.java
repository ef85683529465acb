package org.jxapi.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/** GPUs and other PCI devices of hosts: xapi_pci.ml, xapi_pgpu.ml, xapi_gpu_group.ml, xapi_vgpu.ml and vgpuops.ml. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GpusTest {
    private static final String TESLA = "Group of NVIDIA Corporation TU104GL [Tesla T4] GPUs";
    private static final String WORLD = """
            host:
              name: alpha
              gpus:
                - {address: 0000:00:02.0, vendor_id: 8086, device_id: 3e98, vendor: Intel Corporation, device: UHD 630, display: true}
                - {address: 0000:3b:00.0, vendor_id: 10de, device_id: 1eb8, vendor: NVIDIA Corporation, device: 'TU104GL [Tesla T4]'}
              pci:
                - {address: 0000:3b:00.1, vendor_id: 10de, device_id: 10f8, vendor: NVIDIA Corporation}
                - {vendor_id: 8086, device_id: 1572, class: network, driver: i40e}
            """;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--simulator-world", world());

    private static final Calls calls = daemon.calls();
    private static final ThinClient xe = new ThinClient(daemon.socket());

    private static String world() {
        try {
            Path file = Files.createTempFile("jxapi-gpus", ".yaml");
            file.toFile().deleteOnExit();
            return Files.writeString(file, WORLD).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String pci(String address) throws Exception {
        for (String pci : calls.list("PCI.get_all")) {
            if (calls.text("PCI.get_pci_id", pci).equals(address)) {
                return pci;
            }
        }
        throw new AssertionError("no PCI " + address);
    }

    private static String group() throws Exception {
        return calls.first("GPU_group.get_by_name_label", TESLA);
    }

    private static String pgpu() throws Exception {
        return calls.first("GPU_group.get_PGPUs", group());
    }

    private static String whole() throws Exception {
        return calls.first("VGPU_type.get_all");
    }

    private static long left() throws Exception {
        return calls.ok("PGPU.get_remaining_capacity", pgpu(), whole()).asLong();
    }

    @Test
    @Order(1)
    void aHostHasItsDevices() throws Exception {
        assertThat(calls.list("host.get_PCIs", calls.first("host.get_all"))).hasSize(4);
        assertThat(calls.list("PCI.get_dependencies", pci("0000:3b:00.0"))).containsExactly(pci("0000:3b:00.1"));
        var nic = calls.ok("PCI.get_record", pci("0000:82:00.0"));
        assertThat(nic.get("class_name").asText()).isEqualTo("Ethernet controller");
        assertThat(nic.get("driver_name").asText()).isEqualTo("i40e");
        assertThat(calls.list("PGPU.get_all")).hasSize(2);
        assertThat(calls.list("GPU_group.get_GPU_types", group())).containsExactly("10de/1eb8");
        assertThat(calls.list("GPU_group.get_enabled_VGPU_types", group())).containsExactly(whole());
        assertThat(calls.text("VGPU_type.get_implementation", whole())).isEqualTo("passthrough");
        String screen = calls.first("GPU_group.get_by_name_label", "Group of Intel Corporation UHD 630 GPUs");
        assertThat(calls.list("GPU_group.get_supported_VGPU_types", screen)).isEmpty();
        assertThat(calls.ok("GPU_group.get_remaining_capacity", screen, whole()).asLong())
                .isZero();
        assertThat(left()).isEqualTo(1);
    }

    @Test
    @Order(2)
    void aVmHasTheWholeCardWhileItRuns() throws Exception {
        String vm = calls.vm("gpu");
        String vgpu = calls.text("VGPU.create", vm, group(), "0", Map.of(), "OpaqueRef:NULL");
        assertThat(calls.text("VGPU.get_type", vgpu)).isEqualTo(whole());
        assertThat(calls.error("VGPU.create", vm, group(), "0", Map.of(), "OpaqueRef:NULL"))
                .containsExactly("VGPU_TYPE_NOT_COMPATIBLE", whole());
        String second = calls.text("VM.clone", vm, "copy");
        calls.ok("VM.start", vm, false, false);
        assertThat(calls.text("VGPU.get_resident_on", vgpu)).isEqualTo(pgpu());
        assertThat(calls.text("VGPU.get_PCI", vgpu)).isEqualTo(pci("0000:3b:00.0"));
        assertThat(calls.list("VM.get_attached_PCIs", vm))
                .containsExactlyInAnyOrder(pci("0000:3b:00.0"), pci("0000:3b:00.1"));
        assertThat(left()).isZero();
        assertThat(calls.error("VM.suspend", vm)).containsExactly("VM_HAS_PCI_ATTACHED", vm);
        assertThat(calls.error("VM.assert_agile", vm)).containsExactly("VM_HAS_VGPU", vm);
        assertThat(calls.error("VGPU.destroy", vgpu))
                .containsExactly("OPERATION_NOT_ALLOWED", "vGPU currently attached to a running VM");
        assertThat(calls.error("GPU_group.destroy", group())).containsExactly("GPU_GROUP_CONTAINS_VGPU", vgpu);
        assertThat(calls.error("PGPU.remove_enabled_VGPU_types", pgpu(), whole()))
                .containsExactly("PGPU_IN_USE_BY_VM", vm);
        assertThat(calls.error("PGPU.set_GPU_group", pgpu(), group())).containsExactly("PGPU_IN_USE_BY_VM", vm);

        assertThat(calls.list("VM.get_VGPUs", second)).hasSize(1);
        assertThat(calls.error("VM.start_on", second, calls.first("host.get_all"), false, false))
                .containsExactly("VM_REQUIRES_GPU", second, group());
        calls.ok("VM.hard_reboot", vm);
        assertThat(calls.text("VGPU.get_resident_on", vgpu)).isEqualTo(pgpu());
        calls.ok("VM.hard_shutdown", vm);
        assertThat(calls.text("VGPU.get_resident_on", vgpu)).isEqualTo("OpaqueRef:NULL");
        assertThat(calls.ok("VGPU.get_currently_attached", vgpu).asBoolean()).isFalse();
        assertThat(left()).isEqualTo(1);
        calls.ok("VM.set_domain_type", second, "pvh");
        assertThat(calls.error("VM.start", second, false, false)).startsWith("FEATURE_REQUIRES_HVM");
        assertThat(left()).isEqualTo(1);
        calls.ok("VM.destroy", second);
        calls.ok("VGPU.destroy", vgpu);
        assertThat(calls.error("GPU_group.destroy", group())).containsExactly("GPU_GROUP_CONTAINS_PGPU", pgpu());
    }

    @Test
    @Order(3)
    void typesAndGroupsOfAGpuChange() throws Exception {
        String pgpu = pgpu();
        String old = group();
        calls.ok("PGPU.remove_enabled_VGPU_types", pgpu, whole());
        assertThat(calls.list("GPU_group.get_enabled_VGPU_types", old)).isEmpty();
        assertThat(left()).isZero();
        calls.ok("PGPU.add_enabled_VGPU_types", pgpu, whole());
        calls.ok("PGPU.set_enabled_VGPU_types", pgpu, List.of(whole()));
        String screen = calls.first("GPU_group.get_by_name_label", "Group of Intel Corporation UHD 630 GPUs");
        assertThat(calls.error("PGPU.set_GPU_group", pgpu, screen))
                .containsExactly("PGPU_NOT_COMPATIBLE_WITH_GPU_GROUP", "10de/1eb8", "[8086/3e98]");
        assertThat(calls.error("PGPU.add_enabled_VGPU_types", calls.first("GPU_group.get_PGPUs", screen), whole()))
                .containsExactly("VGPU_TYPE_NOT_SUPPORTED", whole());
        String mine = xe.run("gpu-group-create", "name-label=mine").ok();
        String group = calls.text("GPU_group.get_by_uuid", mine);
        calls.ok("PGPU.set_GPU_group", pgpu, group);
        assertThat(calls.list("GPU_group.get_GPU_types", group)).containsExactly("10de/1eb8");
        String type = calls.text("VGPU_type.get_uuid", whole());
        assertThat(xe.run("gpu-group-get-remaining-capacity", "uuid=" + mine, "vgpu-type-uuid=" + type)
                        .ok())
                .isEqualTo("1");
        calls.ok("PGPU.set_GPU_group", pgpu, old);
        calls.ok("GPU_group.destroy", group);
    }

    /** Upstream: xapi_pci_helpers.ml, determine_dom0_access_status. The simulated machine boots with jxapid. */
    @Test
    @Order(4)
    void aDeviceIsHiddenAtTheNextBoot() throws Exception {
        String pci = pci("0000:3b:00.0");
        assertThat(calls.text("PCI.get_dom0_access_status", pci)).isEqualTo("enabled");
        String uuid = "uuid=" + calls.text("PCI.get_uuid", pci);
        assertThat(xe.run("pci-disable-dom0-access", uuid).ok()).isEqualTo("disable_on_reboot");
        assertThat(calls.text("PGPU.get_dom0_access", pgpu())).isEqualTo("disable_on_reboot");
        daemon.killAndStart();
        assertThat(calls.text("PCI.get_dom0_access_status", pci)).isEqualTo("disabled");
        assertThat(calls.text("PGPU.get_dom0_access", pgpu())).isEqualTo("disabled");
        assertThat(calls.text("PGPU.enable_dom0_access", pgpu())).isEqualTo("enable_on_reboot");
        assertThat(calls.text("PGPU.disable_dom0_access", pgpu())).isEqualTo("disabled");
        assertThat(calls.text("PCI.enable_dom0_access", pci)).isEqualTo("enable_on_reboot");
    }

    /** Upstream: xapi_vtpm.ml, xapi_host_patch.ml, xapi_pool_patch.ml, xapi_host_crashdump.ml. */
    @Test
    @Order(5)
    void whatCannotBeHasTheErrorsOfXapi() throws Exception {
        String vm = calls.vm("tpm");
        assertThat(calls.error("VTPM.create", vm, false)).containsExactly("FEATURE_RESTRICTED", "restrict_vtpm");
        String none = "OpaqueRef:none";
        String host = calls.first("host.get_all");
        assertThat(calls.error("VTPM.destroy", none)).containsExactly("HANDLE_INVALID", "VTPM", none);
        assertThat(calls.error("crashdump.destroy", none)).containsExactly("HANDLE_INVALID", "crashdump", none);
        assertThat(calls.error("host_crashdump.destroy", none))
                .containsExactly("HANDLE_INVALID", "host_crashdump", none);
        assertThat(calls.error("host_crashdump.upload", none, "", Map.of()))
                .containsExactly("HANDLE_INVALID", "host_crashdump", none);
        assertThat(calls.error("host_patch.apply", none)).containsExactly("HANDLE_INVALID", "host_patch", none);
        assertThat(calls.error("host_patch.destroy", none)).containsExactly("HANDLE_INVALID", "host_patch", none);
        assertThat(calls.error("pool_patch.apply", none, host)).containsExactly("HANDLE_INVALID", "pool_patch", none);
        assertThat(calls.error("pool_patch.destroy", none)).containsExactly("HANDLE_INVALID", "pool_patch", none);
        calls.ok("pool_patch.clean", none);
    }
}
