package org.jxapi.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.domain.Hotplug;
import org.jxapi.store.Snapshot;
import org.jxapi.vm.SimulatedHost;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;

/**
 * Reports of guests reach the API, as in XAPI's xapi_guest_agent.ml and xapi_xenops.ml (update_vm), and xenopsd's
 * xenops_server_xen.ml (get_state, maybe_update_pv_drivers_detected).
 */
class GuestReportsTest {
    @TempDir
    Path folder;

    private SimulatedHost host;
    private Ref<VM> vm;

    @BeforeEach
    void open() {
        host = new SimulatedHost(folder);
        vm = host.vm("guest", row -> row.with(VM.XENSTORE_DATA, Map.of("vm-data/role", "web")));
        host.start(vm);
    }

    @AfterEach
    void close() {
        host.close();
    }

    private void tell(String... keysAndValues) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            keys.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        host.xen.guest(host.domid(vm)).tell(keys);
    }

    private Map<String, String> other() {
        return host.guest(vm).get(VMGuestMetrics.OTHER);
    }

    @Test
    void everyFeatureThatAnAgentAnnouncesIsThere() {
        assertThat(other()).containsEntry("feature-balloon", "1").containsEntry("feature-vcpu-hotplug", "1");

        tell(
                "control/feature-static-ip-setting",
                "1",
                "control/feature-xs-batcmd",
                "1",
                "data/ts",
                "1",
                "xenserver/attr/net-sriov-vf/0/ipv4/0",
                "10.0.0.9",
                "data/pvs_target/target_software_version",
                "7.1",
                "data/service/time/state",
                "on");

        SimulatedHost.await("the features are there", () -> other().containsKey("feature-xs-batcmd"));
        assertThat(other()).containsEntry("feature-static-ip-setting", "1").containsEntry("data-ts", "1");
        assertThat(host.guest(vm).get(VMGuestMetrics.NETWORKS)).containsEntry("0/ip", "10.0.0.9");
        assertThat(host.guest(vm).get(VMGuestMetrics.SERVICES))
                .containsEntry("pvs_target/target_software_version", "7.1")
                .containsEntry("time/state", "on");
    }

    @Test
    void dataThatAGuestWritesIsTheVmsXenstoreDataAndAClientsStaysUntilTheGuestWritesAgain() {
        SimulatedHost.await(
                "the guest's present data are reported",
                () -> host.get(vm, VM.XENSTORE_DATA).equals(Map.of("vm-data", "", "vm-data/role", "web")));

        tell("vm-data/role", "db", "vm-data/deep/down/below", "1");
        Map<String, String> told = Map.of(
                "vm-data", "",
                "vm-data/role", "db",
                "vm-data/deep", "",
                "vm-data/deep/down", "",
                "vm-data/deep/down/below", "1");
        SimulatedHost.await(
                "the guest's data are reported",
                () -> host.get(vm, VM.XENSTORE_DATA).equals(told));

        host.store.change(tx -> tx.set(vm, VM.XENSTORE_DATA, Map.of("vm-data/client", "1")));
        tell("control/feature-x", "1");
        SimulatedHost.await("something else is reported", () -> other().containsKey("feature-x"));
        assertThat(host.get(vm, VM.XENSTORE_DATA)).isEqualTo(Map.of("vm-data/client", "1"));

        tell("vm-data/deep", null);
        SimulatedHost.await(
                "the guest's data are reported",
                () -> host.get(vm, VM.XENSTORE_DATA).equals(Map.of("vm-data", "", "vm-data/role", "db")));
    }

    /**
     * An HVM guest without an agent: disks and nics can be plugged as soon as the kernel's drivers have connected one. The
     * agent of a simulated guest takes back what it has said of itself.
     */
    @Test
    void aConnectedDeviceTellsThatThereAreDriversWhateverAnAgentSays() {
        Ref<VM> silent = host.vm("silent", row -> row);
        host.store.change(tx -> tx.create(Row.of(VIF.XEN_CLASS)
                .with(VIF.VM, silent)
                .with(VIF.NETWORK, tx.all(Network.XEN_CLASS).iterator().next().ref())
                .with(VIF.DEVICE, "0")
                .with(VIF.MAC, "02:00:00:00:00:01")
                .with(VIF.MTU, 1500L)));
        host.lifecycle.start(host.call(), silent, null, true, false);
        assertThat(host.guest(silent).get(VMGuestMetrics.PV_DRIVERS_DETECTED)).isFalse();
        host.lifecycle.unpause(host.call(), silent);
        Map<String, String> nothing = new LinkedHashMap<>();
        for (String key : List.of("MajorVersion", "MinorVersion", "MicroVersion", "BuildVersion")) {
            nothing.put("attr/PVAddons/" + key, null);
        }
        host.xen.guest(host.domid(silent)).tell(nothing);
        SimulatedHost.await(
                "no version is reported",
                () -> detected(silent)
                        && host.guest(silent)
                                .get(VMGuestMetrics.PV_DRIVERS_VERSION)
                                .isEmpty());
        assertThat(plugging(silent)).isNull();
        assertThat(host.guest(silent).get(VMGuestMetrics.PV_DRIVERS_UP_TO_DATE)).isTrue();

        host.xen.guest(host.domid(silent)).unloadDrivers();

        SimulatedHost.await("the drivers are gone", () -> !detected(silent));
        assertThat(plugging(silent)).hasMessageContaining("VM_MISSING_PV_DRIVERS");
        assertThat(detected(vm)).as("without a device there is no evidence").isFalse();
    }

    private boolean detected(Ref<VM> vm) {
        return host.guest(vm).get(VMGuestMetrics.PV_DRIVERS_DETECTED);
    }

    private XenApiException plugging(Ref<VM> vm) {
        Snapshot now = host.store.snapshot();
        return Hotplug.drivers(now, vm, now.row(vm), VMGuestMetrics.CAN_USE_HOTPLUG_VIF, "VIF");
    }

    @Test
    void theDeviceIdThatAnAgentTellsIsForTheNextBoot() {
        tell("data/device_id", "0002");

        SimulatedHost.await(
                "platform says so",
                () -> "0002".equals(host.get(vm, VM.PLATFORM).get("device_id")));
    }

    @Test
    void anEmulatedClockThatAGuestSetsStaysSet() {
        host.xen.guest(host.domid(vm)).setClock(-3600);

        SimulatedHost.await(
                "platform says so",
                () -> "-3600".equals(host.get(vm, VM.PLATFORM).get("timeoffset")));
        host.lifecycle.hardReboot(host.call(), vm);
        assertThat(host.xen.xenstore().read("/vm/" + host.get(vm, VM.UUID) + "/rtc/timeoffset"))
                .hasValue("-3600");
    }

    @Test
    void windowsDriversAreOfferedViridianFromTheNextBootOn() {
        tell("data/os_distro", "windows", "attr/PVAddons/BuildVersion", "9");

        SimulatedHost.await(
                "platform says so",
                () -> "true".equals(host.get(vm, VM.PLATFORM).get("viridian")));

        Ref<VM> linux = host.start(host.vm("linux", row -> row));
        assertThat(host.guest(linux).get(VMGuestMetrics.PV_DRIVERS_VERSION)).containsKey("build");
        assertThat(host.get(linux, VM.PLATFORM)).doesNotContainKey("viridian");
    }

    @Test
    void deepAndLongBranchesOfAgentsAreNotRead() {
        tell(
                "attr/os/hotfixes/1",
                "KB1",
                "data/volumes/0/name",
                "c",
                "attr/a/b/c/d/e",
                "1",
                "control/x/y",
                "1",
                "control/feature-x",
                "1");

        GuestReading reading = GuestReading.of(host.xen.xenstore(), host.domid(vm), host.get(vm, VM.UUID));

        assertThat(reading.words())
                .containsEntry("control/feature-x", "1")
                .containsKeys("attr/a/b/c/d", "control/x", "data/volumes")
                .doesNotContainKeys(
                        "attr/os/hotfixes", "attr/os/hotfixes/1", "data/volumes/0", "attr/a/b/c/d/e", "control/x/y");
    }

    @Test
    void aGuestThatWritesMoreThanTheQuotaIsReadToTheQuota() {
        String mib = "x".repeat(1 << 20);
        Map<String, String> much = new LinkedHashMap<>();
        for (int i = 0; i < 30; i++) {
            much.put("data/big" + i, mib);
        }
        host.xen.guest(host.domid(vm)).tell(much);

        GuestReading reading = GuestReading.of(host.xen.xenstore(), host.domid(vm), host.get(vm, VM.UUID));

        assertThat(reading.cut()).isTrue();
        assertThat(reading.words().keySet().stream().filter(key -> key.startsWith("data/big")))
                .hasSizeBetween(20, 26);
        assertThat(reading.words()).containsKey("control/feature-balloon");
    }

    @Test
    void whatAGuestRemovesIsGone() {
        host.xen.guest(host.domid(vm)).tell(Collections.singletonMap("control/feature-balloon", null));

        SimulatedHost.await("it is gone", () -> !other().containsKey("feature-balloon"));
    }
}
