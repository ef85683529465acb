package org.jxapi.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;

/** The addresses of a PIF: PIF.reconfigure_ip and PIF.reconfigure_ipv6. */
class PifAddressesTest {
    @TempDir
    Path folder;

    @Test
    void anInterfaceOfTheSimulatedHostKeepsAnotherAddress() throws Exception {
        try (DaemonProcess first = DaemonProcess.start(folder)) {
            setAddresses(new Calls(first));
        }
        try (DaemonProcess again = DaemonProcess.start(folder)) {
            Calls later = new Calls(again);
            assertThat(later.text("PIF.get_IP", later.first("PIF.get_all"))).isEqualTo("10.9.8.7");
            assertThat(later.text("host.get_address", later.first("host.get_all")))
                    .isEqualTo("10.9.8.7");
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
