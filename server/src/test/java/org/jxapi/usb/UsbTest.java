package org.jxapi.usb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.SimulatorClient;
import org.jxapi.harness.ThinClient;

/** USB devices from the port of a host to a VM and back: xapi_pusb.ml, xapi_usb_group.ml and xapi_vusb.ml. */
class UsbTest {
    private static final String WORLD = """
            hosts:
              - name: alpha
                usb:
                  - {path: 1-2, vendor_id: 0951, product_id: 1666, vendor: Kingston, product: Stick, serial: S1}
                  - {path: 2-1.3, vendor_id: 0403, product_id: 6001, speed: 12}
              - {name: beta, usb: [{vendor_id: 0781, product_id: 5583}]}
            """;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onWorld(WORLD);

    private static final Calls calls = daemon.calls();
    private static final ThinClient xe = new ThinClient(daemon.socket());
    private static final SimulatorClient simulator = new SimulatorClient(daemon);

    @BeforeEach
    void begin() throws Exception {
        simulator.post("/reset", "");
    }

    private static String host(String name) throws Exception {
        return calls.first("host.get_by_name_label", name);
    }

    private static String group(String ids) throws Exception {
        return calls.first("USB_group.get_by_name_label", "Group of " + ids + " USBs");
    }

    private static String pusb(String ids) throws Exception {
        return calls.first("USB_group.get_PUSBs", group(ids));
    }

    private static boolean attached(String vusb) throws Exception {
        return calls.ok("VUSB.get_currently_attached", vusb).asBoolean();
    }

    @Test
    void eachDeviceIsAnObjectWithAGroup() throws Exception {
        assertThat(calls.list("host.get_PUSBs", host("alpha"))).hasSize(2);
        assertThat(calls.list("host.get_PUSBs", host("beta"))).containsExactly(pusb("0781 5583"));
        var stick = calls.ok("PUSB.get_record", pusb("0951 1666"));
        assertThat(stick.get("path").asText()).isEqualTo("1-2");
        assertThat(stick.get("description").asText()).isEqualTo("Kingston_Stick_S1");
        assertThat(stick.get("version").asText()).isEqualTo("2.00");
        assertThat(stick.get("speed").asDouble()).isEqualTo(480);
        assertThat(stick.get("passthrough_enabled").asBoolean()).isFalse();
        assertThat(calls.ok("pool.get_restrictions", calls.first("pool.get_all"))
                        .get("restrict_usb_passthrough")
                        .asText())
                .isEqualTo("false");
    }

    @Test
    void aVmThatStartsHasItsDeviceUntilItIsUnplugged() throws Exception {
        String pusb = pusb("0951 1666");
        calls.ok("PUSB.set_passthrough_enabled", pusb, true);
        String vm = calls.vm("usb");
        String vusb = calls.text("VUSB.create", vm, group("0951 1666"), Map.of());
        assertThat(calls.error("VUSB.create", calls.vm("other"), group("0951 1666"), Map.of()))
                .containsExactly("USB_GROUP_CONFLICT", group("0951 1666"));
        assertThat(calls.error("VUSB.unplug", vusb)).containsExactly("VM_BAD_POWER_STATE", vm, "running", "halted");
        assertThat(calls.error("VM.start_on", vm, host("beta"), false, false))
                .containsExactly("OPERATION_NOT_ALLOWED", "VUSB " + vusb + " is not available on Host " + host("beta"));
        calls.ok("VM.start", vm, false, false);
        assertThat(calls.text("VM.get_resident_on", vm)).isEqualTo(host("alpha"));
        assertThat(attached(vusb)).isTrue();
        assertThat(calls.list("VUSB.get_allowed_operations", vusb)).containsExactly("attach", "unplug");
        for (String operation : List.of("suspend", "snapshot", "checkpoint", "pool_migrate")) {
            assertThat(calls.list("VM.get_allowed_operations", vm)).doesNotContain(operation);
        }
        assertThat(calls.error("VM.suspend", vm)).containsExactly("VM_HAS_VUSBS", vm);
        assertThat(calls.error("VM.snapshot", vm, "s")).containsExactly("VM_HAS_VUSBS", vm);
        assertThat(calls.error("VM.assert_agile", vm)).containsExactly("VM_HAS_VUSBS", vm);
        assertThat(calls.error("VUSB.destroy", vusb))
                .containsExactly(
                        "OPERATION_NOT_ALLOWED",
                        "VUSB '" + calls.text("VUSB.get_uuid", vusb) + "' still attached to '"
                                + calls.text("VM.get_uuid", vm) + "'");
        assertThat(calls.error("PUSB.set_passthrough_enabled", pusb, false))
                .containsExactly("USB_ALREADY_ATTACHED", pusb, vm);
        assertThat(calls.error("USB_group.destroy", group("0951 1666")))
                .containsExactly("USB_GROUP_CONTAINS_VUSB", vusb);

        calls.ok("VM.hard_reboot", vm);
        assertThat(attached(vusb)).isTrue();
        calls.ok("VUSB.unplug", vusb);
        assertThat(attached(vusb)).isFalse();
        assertThat(calls.error("VUSB.unplug", vusb)).containsExactly("DEVICE_ALREADY_DETACHED", vusb);
        calls.ok("VM.hard_shutdown", vm);
        calls.ok("VM.start", vm, false, false);
        assertThat(attached(vusb)).isTrue();
        calls.ok("VM.hard_shutdown", vm);
        assertThat(attached(vusb)).isFalse();

        assertThat(calls.error("USB_group.destroy", group("0951 1666")))
                .containsExactly("USB_GROUP_CONTAINS_PUSB", pusb);
        calls.ok("PUSB.set_passthrough_enabled", pusb, false);
        assertThat(calls.list("VM.get_VUSBs", vm)).isEmpty();
    }

    @Test
    void theDomainHasTheDeviceInAControllerOfItsOwn() throws Exception {
        String vm = calls.vm("domain");
        calls.ok("VUSB.create", vm, group("0951 1666"), Map.of());
        String second = calls.text("VUSB.create", vm, group("0403 6001"), Map.of());
        simulator.post("/faults", "{\"operation\": \"device-add\", \"fault\": \"fail\"}");
        assertThat(calls.error("VM.start", vm, false, false)).startsWith("INTERNAL_ERROR");
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Halted");
        assertThat(simulator.get("").get("domains").asLong()).isZero();

        calls.ok("VM.start", vm, false, false);
        simulator.post("/faults", "{\"operation\": \"device-remove\", \"fault\": \"fail\", \"error\": \"TIMEDOUT\"}");
        assertThat(calls.error("VUSB.unplug", second)).startsWith("DEVICE_DETACH_TIMEOUT");
        assertThat(attached(second)).isTrue();
        calls.ok("VUSB.unplug", second);
    }

    @Test
    void aVmWithoutAFittingDeviceModelDoesNotStart() throws Exception {
        String vm = calls.vm("pv");
        calls.ok("VUSB.create", vm, group("0951 1666"), Map.of());
        calls.ok("VM.set_domain_type", vm, "pvh");
        calls.ok("VM.set_platform", vm, Map.of());
        assertThat(calls.error("VM.start", vm, false, false))
                .containsExactly("INVALID_VALUE", "platform:device-model when vm has VUSBs", "undefined");
    }

    @Test
    void aDeviceThatIsPulledOutLeavesNothing() throws Exception {
        String vm = calls.vm("pulled");
        String vusb = calls.text("VUSB.create", vm, group("0951 1666"), Map.of());
        String pusb = pusb("0951 1666");
        calls.ok("VM.start", vm, false, false);
        simulator.post("/orders", "{\"usb\": \"1-2\", \"plugged\": false}");
        calls.ok("PUSB.scan", host("alpha"));
        assertThat(calls.outcome("PUSB.get_record", pusb)).isEqualTo("HANDLE_INVALID");
        assertThat(calls.outcome("VUSB.get_record", vusb)).isEqualTo("HANDLE_INVALID");
        assertThat(calls.list("USB_group.get_by_name_label", "Group of 0951 1666 USBs"))
                .isEmpty();
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
        simulator.post(
                "/orders", "{\"usb\": \"1-7\", \"plugged\": true, \"vendor_id\": \"0951\", \"product_id\": \"1666\"}");
        Eventually.holds(() -> assertThat(calls.list("USB_group.get_by_name_label", "Group of 0951 1666 USBs"))
                .hasSize(1));
        assertThat(calls.text("PUSB.get_path", pusb("0951 1666"))).isEqualTo("1-7");
        assertThat(simulator.refusal("POST", "/orders", "{\"usb\": \"1-2\", \"plugged\": false}"))
                .isEqualTo("400 no USB device is plugged into 1-2");
        calls.ok("VM.hard_shutdown", vm);
        calls.ok("VM.destroy", vm);
    }

    @Test
    void xeWorksWithDevicesAndGroups() throws Exception {
        String vm = "vm-uuid=" + calls.text("VM.get_uuid", calls.vm("xe"));
        String uuid = calls.text("USB_group.get_uuid", group("0403 6001"));
        String vusb = xe.run("vusb-create", "usb-group-uuid=" + uuid, vm).ok();
        assertThat(xe.run("vusb-list", vm, "params=usb-group-uuid", "--minimal").ok())
                .isEqualTo(uuid);
        assertThat(xe.run("vusb-destroy", "uuid=" + vusb).ok()).isEmpty();
        String pusb = "uuid=" + calls.text("PUSB.get_uuid", pusb("0403 6001"));
        assertThat(xe.run("pusb-param-set", pusb, "passthrough-enabled=true").ok())
                .isEmpty();
        assertThat(xe.run("pusb-param-get", pusb, "param-name=passthrough-enabled")
                        .ok())
                .isEqualTo("true");
        assertThat(xe.run("pusb-scan", "host-uuid=" + calls.text("host.get_uuid", host("alpha")))
                        .ok())
                .isEmpty();
    }

    @Test
    void aGroupOfAClientComesAndGoes() throws Exception {
        String group = calls.text("USB_group.create", "mine", "a group", Map.of("k", "v"));
        assertThat(calls.text("USB_group.get_name_description", group)).isEqualTo("a group");
        calls.ok("USB_group.destroy", group);
        assertThat(calls.error("USB_group.destroy", group)).containsExactly("HANDLE_INVALID", "USB_group", group);
        assertThat(calls.error("PUSB.scan", "OpaqueRef:none"))
                .containsExactly("HANDLE_INVALID", "host", "OpaqueRef:none");
    }
}
