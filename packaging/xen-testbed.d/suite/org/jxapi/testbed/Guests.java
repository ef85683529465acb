package org.jxapi.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Makes VMs the way a client does, and asks about them. */
final class Guests {
    static final long MIB = 1024 * 1024;
    static final long MEMORY = 192 * MIB;
    static final Path FOLDER = Path.of("/srv/disks");
    private static final String KERNEL = "/boot/guest/vmlinux";
    private static final String INITRAMFS = "/boot/guest/initramfs";

    final XenApi api;
    String repository;
    private String network;

    Guests(XenApi api) {
        this.api = api;
    }

    /** Makes the file SR and has new disks go there, as an administrator does. */
    void makeRepository() throws IOException {
        Files.createDirectories(FOLDER.getParent());
        String uuid = Command.xe("sr-create", "type=file", "name-label=disks", "content-type=user",
                "device-config:location=" + FOLDER);
        repository = api.text("SR.get_by_uuid", uuid);
        Command.xe("pool-param-set", "uuid=" + api.text("pool.get_uuid", api.refs("pool.get_all").get(0)),
                "default-SR=" + uuid, "suspend-image-SR=" + uuid);
    }

    /** The network of dom0's bridge. */
    String network() {
        if (network == null) {
            for (String ref : api.refs("network.get_all")) {
                if (api.text("network.get_bridge", ref).equals("xenbr0")) {
                    network = ref;
                }
            }
            Checks.expect(network != null, "no network has the bridge xenbr0");
        }
        return network;
    }

    /**
     * Makes a template for small Linux guests with a disk of 48 MiB.
     *
     * @param type pv, pvh or hvm
     */
    String template(String name, String type) {
        String debian = api.refs("VM.get_by_name_label", "Debian Bookworm 12").get(0);
        String template = api.text("VM.clone", debian, name);
        api.call("VM.set_domain_type", template, type);
        if (!type.equals("hvm")) {
            bootKernel(template, KERNEL, INITRAMFS, "console=hvc0 quiet");
            api.call("VM.set_domain_type", template, type);
        }
        if (type.equals("pvh")) {
            // Other clock sources cost the emulation too much.
            api.call("VM.add_to_platform", template, "tsc_mode", "2");
        }
        api.call("VM.set_memory_limits", template, 64 * MIB, MEMORY, MEMORY, MEMORY);
        api.call("VM.set_VCPUs_max", template, Math.min(2, Runtime.getRuntime().availableProcessors()));
        api.call("VM.remove_from_other_config", template, "disks");
        String uuid = api.text("SR.get_uuid", repository);
        api.call("VM.add_to_other_config", template, "disks",
                "<provision><disk device=\"0\" size=\"" + 48 * MIB + "\" sr=\"" + uuid
                        + "\" bootable=\"true\" type=\"system\"/></provision>");
        return template;
    }

    /** Makes a VM paravirtual, with a kernel of dom0. */
    void bootKernel(String vm, String kernel, String initramfs, String arguments) {
        api.call("VM.set_HVM_boot_policy", vm, "");
        api.call("VM.set_PV_bootloader", vm, "");
        api.call("VM.set_PV_kernel", vm, kernel);
        api.call("VM.set_PV_ramdisk", vm, initramfs);
        api.call("VM.set_PV_args", vm, arguments);
        api.call("VM.set_domain_type", vm, "pv");
    }

    /** Makes a VM from a template: its disks come from the template, one nic is added. */
    String install(String template, String name) {
        String uuid = Command.xe("vm-install", "template=" + api.text("VM.get_uuid", template), "new-name-label=" + name);
        String vm = api.text("VM.get_by_uuid", uuid);
        addNic(vm, "0");
        return vm;
    }

    /** Makes a VM from a template, without any devices. */
    String installBare(String template, String name) {
        String uuid = Command.xe("vm-install", "template=" + api.text("VM.get_uuid", template), "new-name-label=" + name);
        String vm = api.text("VM.get_by_uuid", uuid);
        for (String vbd : api.refs("VM.get_VBDs", vm)) {
            String disk = api.text("VBD.get_VDI", vbd);
            api.call("VBD.destroy", vbd);
            api.call("VDI.destroy", disk);
        }
        return vm;
    }

    String addNic(String vm, String device) {
        return addNic(vm, device, network());
    }

    String addNic(String vm, String device, String on) {
        ObjectNode record = XenApi.object();
        record.put("device", device).put("network", on).put("VM", vm).put("MAC", "").put("MTU", 1500);
        record.putObject("other_config");
        record.put("qos_algorithm_type", "");
        record.putObject("qos_algorithm_params");
        return api.text("VIF.create", record);
    }

    String makeDisk(String name, long size) {
        return makeDisk(name, size, "qcow2");
    }

    /** A disk in that format, which is raw or qcow2. */
    String makeDisk(String name, long size, String format) {
        ObjectNode record = XenApi.object();
        record.put("name_label", name).put("name_description", "").put("SR", repository).put("virtual_size", size);
        record.put("type", "user").put("sharable", false).put("read_only", false);
        record.putObject("other_config");
        record.putObject("sm_config").put("image-format", format);
        return api.text("VDI.create", record);
    }

    String attach(String vm, String disk, String device) {
        ObjectNode record = XenApi.object();
        record.put("VM", vm).put("VDI", disk).put("userdevice", device).put("bootable", false).put("mode", "RW");
        record.put("type", "Disk").put("unpluggable", true).put("empty", false);
        record.putObject("other_config");
        record.put("qos_algorithm_type", "");
        record.putObject("qos_algorithm_params");
        return api.text("VBD.create", record);
    }

    /** The VDI behind a VM's device. */
    String disk(String vm, String device) {
        return api.text("VBD.get_VDI", vbd(vm, device));
    }

    /** The VBD of a disk. */
    String vbd(String vm, String device) {
        for (String vbd : api.refs("VM.get_VBDs", vm)) {
            JsonNode record = api.call("VBD.get_record", vbd);
            if (record.path("userdevice").asText().equals(device) && record.path("type").asText().equals("Disk")) {
                return vbd;
            }
        }
        throw new AssertionError("the VM has no disk " + device);
    }

    /** The file of a VDI that has no snapshots. */
    Path file(String disk) {
        String location = api.text("VDI.get_location", disk);
        Path qcow2 = FOLDER.resolve(location + ".qcow2");
        return Files.exists(qcow2) ? qcow2 : FOLDER.resolve(location + ".raw");
    }

    String state(String vm) {
        return api.text("VM.get_power_state", vm);
    }

    int domid(String vm) {
        return api.call("VM.get_domid", vm).asInt();
    }

    void awaitState(String vm, String state, int seconds) throws InterruptedException {
        Checks.await("the VM is " + state, seconds, () -> state(vm).equals(state));
    }

    /** Checks that xl list and xe vm-list agree on the guests. */
    void listsAgree() throws InterruptedException {
        Set<Integer> vms = new TreeSet<>();
        for (String id : Command.xe("vm-list", "is-control-domain=false", "params=dom-id", "--minimal").split(",")) {
            if (id.matches("[1-9][0-9]*")) {
                vms.add(Integer.valueOf(id));
            }
        }
        Checks.expectEqual(Dom0.domains().keySet(), vms, "the domains of xe vm-list");
    }

    /** The domains that xl list shows and those of the API's VMs must be the same; asked without xe, whose start takes long. */
    void agree() throws InterruptedException {
        Set<Integer> domains = new TreeSet<>();
        Set<Integer> vms = new TreeSet<>();
        try {
            Checks.await("", 15, () -> {
                domains.clear();
                vms.clear();
                domains.addAll(Dom0.domains().keySet());
                for (String vm : api.refs("host.get_resident_VMs", api.refs("host.get_all").get(0))) {
                    if (domid(vm) > 0) {
                        vms.add(domid(vm));
                    }
                }
                return domains.equals(vms);
            });
        } catch (AssertionError e) {
            throw new AssertionError("xl list has the domains " + domains + ", the VMs have " + vms);
        }
    }

    /** Makes an end of a VM and its disks, whatever its state. */
    void destroy(String vm) throws InterruptedException {
        for (String snapshot : api.refs("VM.get_snapshots", vm)) {
            destroy(snapshot);
        }
        if (!state(vm).equals("Halted")) {
            api.call("VM.hard_shutdown", vm);
        }
        List<String> disks = api.refs("VM.get_VBDs", vm).stream()
                .map(vbd -> api.text("VBD.get_VDI", vbd))
                .filter(vdi -> !vdi.equals("OpaqueRef:NULL"))
                .toList();
        api.call("VM.destroy", vm);
        for (String disk : disks) {
            if (api.text("SR.get_content_type", api.text("VDI.get_SR", disk)).equals("user")) {
                api.call("VDI.destroy", disk);
            }
        }
    }
}
