package org.jxapi.cli.command;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.Api;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.DriverVariant;
import org.jxapi.xenapi.HostDriver;

/** The commands about GPUs, PCI and USB devices, TPMs and drivers. */
final class HardwareCommands {
    private HardwareCommands() {}

    static void declare(CommandTable t) {
        gpus(t);
        for (String noun : List.of("pgpu", "pci")) {
            String name = noun.equals("pgpu") ? "PGPU" : "PCI";
            t.add(
                    noun + "-enable-dom0-access",
                    "uuid",
                    "",
                    "Returns a device to the control domain at the next boot.",
                    c -> access(c, name + ".enable_dom0_access", name));
            t.add(
                    noun + "-disable-dom0-access",
                    "uuid",
                    "",
                    "Hides a device from the control domain so that VMs can use it.",
                    c -> access(c, name + ".disable_dom0_access", name));
        }
        t.add(
                "pci-get-dom0-access-status",
                "uuid",
                "",
                "Shows whether the control domain can access a device.",
                c -> access(c, "PCI.get_dom0_access_status", "PCI"));
        t.add(
                "pusb-scan",
                "host-uuid",
                "",
                "Looks for USB devices of a host.",
                c -> c.call("PUSB.scan", c.ref("host", "host-uuid")));
        t.add(
                "vusb-create",
                "usb-group-uuid vm-uuid",
                "",
                "Passes a USB device through to a VM.",
                c -> c.printUuid(
                        c.call("VUSB.create", c.ref("VM", "vm-uuid"), c.ref("USB_group", "usb-group-uuid"), Map.of())));
        t.add(
                "vusb-unplug",
                "uuid",
                "",
                "Detaches a USB device from a running VM.",
                c -> c.call("VUSB.unplug", c.ref("VUSB")));
        t.add(
                "vusb-destroy",
                "uuid",
                "",
                "Removes a USB device from a VM.",
                c -> c.call("VUSB.destroy", c.ref("VUSB")));
        t.add(
                "vtpm-create",
                "vm-uuid",
                "is-unique",
                "Adds a virtual TPM to a VM.",
                c -> c.printUuid(
                        c.call("VTPM.create", c.ref("VM", "vm-uuid"), c.flag("is_unique") || c.flag("is-unique"))));
        t.add("vtpm-destroy", "uuid", "force", "Destroys a virtual TPM and its contents.", c -> {
            c.needForce();
            c.call("VTPM.destroy", c.ref("VTPM"));
        });
        drivers(t);
    }

    private static void gpus(CommandTable t) {
        t.add(
                "gpu-group-create",
                "name-label",
                "name-description",
                "Creates a group of GPUs.",
                c -> c.printUuid(
                        c.call("GPU_group.create", c.need("name-label"), c.get("name-description", ""), Map.of())));
        t.add(
                "gpu-group-destroy",
                "uuid",
                "",
                "Destroys a group of GPUs.",
                c -> c.call("GPU_group.destroy", c.ref("GPU_group")));
        t.add(
                "gpu-group-get-remaining-capacity",
                "uuid vgpu-type-uuid",
                "",
                "Shows how many more virtual GPUs of a type a group can provide.",
                c -> c.message(c.call(
                        "GPU_group.get_remaining_capacity", c.ref("GPU_group"), c.ref("VGPU_type", "vgpu-type-uuid"))));
        t.add(
                "vgpu-create",
                "vm-uuid gpu-group-uuid",
                "vgpu-type-uuid device",
                "Adds a virtual GPU to a VM.",
                c -> c.printUuid(c.call(
                        "VGPU.create",
                        c.ref("VM", "vm-uuid"),
                        c.ref("GPU_group", "gpu-group-uuid"),
                        c.get("device", "0"),
                        Map.of(),
                        c.refOrNull("VGPU_type", "vgpu-type-uuid"))));
        t.add(
                "vgpu-destroy",
                "uuid",
                "",
                "Removes a virtual GPU from a VM.",
                c -> c.call("VGPU.destroy", c.ref("VGPU")));
    }

    private static void access(Context c, String message, String className) throws IOException {
        c.message(c.call(message, c.ref(className)));
    }

    private static void drivers(CommandTable t) {
        t.add("hostdriver-select", "uuid variant-name", "", "Selects a variant of a driver.", HardwareCommands::select);
        t.add("hostdriver-deselect", "uuid", "force", "Returns to the default variant of a driver.", c -> {
            c.needForce();
            c.call("Host_driver.deselect", c.ref("Host_driver"));
        });
        t.add(
                "hostdriver-variant-select",
                "uuid",
                "",
                "Selects a driver variant.",
                c -> c.call("Driver_variant.select", c.ref("Driver_variant")));
        t.hosts(
                "hostdriver-rescan",
                "",
                "",
                "Looks for drivers on a host.",
                Scope.ONE,
                (c, host) -> c.call("Host_driver.rescan", host.ref()));
    }

    private static void select(Context c) {
        Ref<?> driver = c.ref("Host_driver");
        String name = c.need("variant-name");
        for (Ref<?> variant : c.api().get(HostDriver.VARIANTS, driver)) {
            if (name.equals(Api.value(c.api().record(DriverVariant.XEN_CLASS, variant), "name"))) {
                c.call("Host_driver.select", driver, variant);
                return;
            }
        }
        throw new CliException(name + " does not identify a variant of this driver");
    }
}
