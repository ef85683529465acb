package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.RunningDaemon;

/** Attachments of objects in addition to their own fields: blobs, a certificate, addresses, an image. */
class AttachmentsTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();

    @Test
    void anObjectHasBlobsByName() throws Exception {
        String vm = calls.vm("with blobs");
        String blob = calls.text("VM.create_new_blob", vm, "picture", "image/png", true);
        assertThat(calls.ok("VM.get_blobs", vm).get("picture").asText()).isEqualTo(blob);
        assertThat(calls.text("blob.get_mime_type", blob)).isEqualTo("image/png");
        assertThat(calls.ok("blob.get_public", blob).asBoolean()).isTrue();
        assertThat(calls.ok("blob.get_size", blob).asLong()).isZero();
        assertThat(calls.error("VM.create_new_blob", vm, "picture", "", false))
                .containsExactly("MAP_DUPLICATE_KEY", "VM", "blobs", vm, "picture");
        String network = calls.first("network.get_all");
        String other = calls.text("network.create_new_blob", network, "notes", "", false);
        assertThat(calls.text("blob.get_mime_type", other)).isEqualTo("application/octet-stream");
        calls.ok("blob.destroy", other);
        assertThat(calls.ok("network.get_blobs", network)).isEmpty();
        calls.ok("VM.destroy", vm);
        assertThat(calls.error("blob.get_record", blob)).containsExactly("HANDLE_INVALID", "blob", blob);
    }

    @Test
    void theHostShowsTheCertificateOfItsTls() throws Exception {
        String pem = calls.text("host.get_server_certificate", calls.first("host.get_all"));
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        certificate.checkValidity();
        assertThat(certificate.getSubjectAlternativeNames()).contains(List.of(2, "localhost"));
    }

    @Test
    void anInterfaceOfTheSimulatedHostKeepsAnotherAddress(@TempDir Path own) throws Exception {
        try (DaemonProcess first = DaemonProcess.start(own)) {
            setAddresses(new Calls(first));
        }
        try (DaemonProcess again = DaemonProcess.start(own)) {
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

    @Test
    void aSuspendedVmTakesAnotherDiskWithTheSameImage() throws Exception {
        String vm = calls.vm("image");
        String sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        String other = calls.vdi(sr, 1 << 20);
        assertThat(calls.error("VM.set_suspend_VDI", vm, other))
                .containsExactly("VM_BAD_POWER_STATE", vm, "suspended", "halted");
        calls.ok("VM.start", vm, false, false);
        calls.ok("VM.suspend", vm);
        String image = calls.text("VM.get_suspend_VDI", vm);
        assertThat(calls.error("VM.set_suspend_VDI", vm, other).get(0))
                .isEqualTo("SUSPEND_VDI_REPLACEMENT_IS_NOT_IDENTICAL");
        String copy = calls.text("VDI.copy", image, sr, "OpaqueRef:NULL", "OpaqueRef:NULL");
        calls.ok("VM.set_suspend_VDI", vm, copy);
        assertThat(calls.text("VM.get_suspend_VDI", vm)).isEqualTo(copy);
        calls.ok("VM.resume", vm, false, false);
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
    }
}
