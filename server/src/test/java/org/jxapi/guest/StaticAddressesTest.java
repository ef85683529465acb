package org.jxapi.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.vm.SimulatedHost;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VifIpv4ConfigurationMode;

class StaticAddressesTest {
    private static final String SETTING = "xenserver/device/vif/0/static-ip-setting/";

    @TempDir
    Path folder;

    @Test
    void aGuestFindsItsAddressAtEveryStart() {
        try (SimulatedHost host = new SimulatedHost(folder)) {
            Ref<VM> vm = host.vm("static", row -> row);
            addVif(host.store, vm);
            for (int start = 0; start < 2; start++) {
                host.start(vm);
                assertThat(host.read(vm, SETTING + "enabled")).contains("1");
                assertThat(host.read(vm, SETTING + "address")).contains("10.0.0.7/24");
                assertThat(host.read(vm, SETTING + "gateway")).contains("10.0.0.1");
                assertThat(host.read(vm, SETTING + "enabled6")).contains("0");
                host.xen
                        .guest(host.domid(vm))
                        .tell(Map.of(SETTING + "error-code", "1", SETTING + "error-msg", "the agent may say so"));
                host.lifecycle.hardShutdown(host.call(), vm);
            }
        }
    }

    private static void addVif(H2Store store, Ref<VM> vm) {
        store.change(tx -> tx.create(Row.of(VIF.XEN_CLASS)
                .with(VIF.VM, vm)
                .with(VIF.NETWORK, tx.all(Network.XEN_CLASS).iterator().next().ref())
                .with(VIF.DEVICE, "0")
                .with(VIF.MAC, "02:00:00:00:00:01")
                .with(VIF.MTU, 1500L)
                .with(VIF.IPV4_CONFIGURATION_MODE, VifIpv4ConfigurationMode.STATIC)
                .with(VIF.IPV4_ADDRESSES, List.of("10.0.0.7/24"))
                .with(VIF.IPV4_GATEWAY, "10.0.0.1")));
    }
}
