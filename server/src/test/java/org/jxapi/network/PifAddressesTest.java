package org.jxapi.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;

/** The addresses of a PIF: PIF.reconfigure_ip and PIF.reconfigure_ipv6. */
class PifAddressesTest {
    @TempDir
    Path folder;

    private String bond = "";

    @Test
    void aSimulatedHostKeepsAnotherAddressAndItsBond() throws Exception {
        try (DaemonProcess first = DaemonProcess.start(folder)) {
            Calls calls = new Calls(first);
            setAddresses(calls);
            String eth0 = calls.first("PIF.get_all");
            String network =
                    calls.text("network.create", Map.of("name_label", "Bond", "MTU", "9000", "other_config", Map.of()));
            bond = calls.text("Bond.create", network, List.of(eth0), "", "active-backup", Map.of());
        }
        try (DaemonProcess again = DaemonProcess.start(folder)) {
            Calls later = new Calls(again);
            String master = later.text("Bond.get_master", bond);
            String host = later.first("host.get_all");
            String eth0 = later.text("Bond.get_primary_slave", bond);
            assertThat(later.text("PIF.get_IP", master)).isEqualTo("10.9.8.7");
            assertThat(later.text("PIF.get_IP", eth0)).isEmpty();
            assertThat(later.ok("PIF.get_currently_attached", eth0).asBoolean()).isFalse();
            assertThat(later.text("host.get_management_interface", host)).isEqualTo(master);
            assertThat(later.text("host.get_address", host)).isEqualTo("10.9.8.7");
            later.ok("Bond.destroy", bond);
            assertThat(later.text("host.get_management_interface", host)).isEqualTo(eth0);
            assertThat(later.text("PIF.get_IP", eth0)).isEqualTo("10.9.8.7");
            String network = later.text("PIF.get_network", eth0);
            assertThat(later.text("network.get_MTU", network)).isEqualTo("9000");
        }
    }

    private static void setAddresses(Calls calls) throws Exception {
        String pif = calls.first("PIF.get_all");
        assertThat(calls.error("PIF.reconfigure_ip", pif, "Static", "10.0.0.256", "255.255.255.0", "", ""))
                .containsExactly("INVALID_IP_ADDRESS_SPECIFIED", "IP");
        assertThat(calls.error("PIF.reconfigure_ip", pif, "None", "", "", "", ""))
                .containsExactly("PIF_IS_MANAGEMENT_INTERFACE", pif);
        calls.ok("PIF.reconfigure_ip", pif, "Static", "10.9.8.7", "255.255.255.0", "10.9.8.1", "10.9.8.2,fd00::2");
        assertThat(calls.text("PIF.get_IP", pif)).isEqualTo("10.9.8.7");
        assertThat(calls.text("PIF.get_ip_configuration_mode", pif)).isEqualTo("Static");
        assertThat(calls.text("PIF.get_DNS", pif)).startsWith("10.9.8.2").doesNotContain("fd00::2");
        assertThat(calls.text("host.get_address", calls.text("PIF.get_host", pif)))
                .isEqualTo("10.9.8.7");
        calls.ok("PIF.reconfigure_ipv6", pif, "Static", "fd00::7/64", "fd00::1", "fd00::3");
        assertThat(calls.list("PIF.get_IPv6", pif)).containsExactly("fd00::7/64");
        assertThat(calls.text("PIF.get_DNS", pif)).contains("10.9.8.2", "fd00::3");
    }
}
