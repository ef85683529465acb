package org.jxapi.hypervisor.simulator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.XenstorePermissions;

/**
 * The nodes that the simulated libxl writes to xenstore for a domain, with the permissions of Xen 4.17's
 * libxl_create.c. The guest may write where its kernel has to, and hardly anywhere else.
 */
final class DomainDirectory {
    private static final int INIT_WAIT = 2;
    private static final int CONNECTED = 4;
    private static final int CLOSED = 6;

    private static final List<String> READABLE = List.of("cpu", "memory", "device", "control");
    private static final List<String> WRITABLE = List.of(
            "device/suspend/event-channel",
            "control/shutdown",
            "control/feature-poweroff",
            "control/feature-reboot",
            "control/feature-suspend",
            "control/sysrq",
            "data",
            "drivers",
            "feature",
            "attr",
            "error");

    private DomainDirectory() {}

    /** Returns where a domain's data begin, with a slash at the end. */
    static String of(int domid) {
        return Xenstore.domainPath(domid) + "/";
    }

    /** Writes the nodes of a new domain. */
    static void write(SimulatorState world, SimulatedDomain domain) {
        SimulatedXenstore xenstore = world.xenstore;
        int domid = domain.domid;
        make(xenstore, Xenstore.domainPath(domid), XenstorePermissions.readableBy(domid));
        writeVm(world, domain);
        READABLE.forEach(name -> make(xenstore, of(domid) + name, XenstorePermissions.readableBy(domid)));
        WRITABLE.forEach(name -> make(xenstore, of(domid) + name, XenstorePermissions.ownedBy(domid)));
        if (domain.type() == DomainKind.HVM) {
            make(xenstore, of(domid) + "hvmloader", XenstorePermissions.readableBy(domid));
            make(xenstore, of(domid) + "control/feature-s3", XenstorePermissions.ownedBy(domid));
            make(xenstore, of(domid) + "control/feature-s4", XenstorePermissions.ownedBy(domid));
        }
        values(domain).forEach((key, value) -> xenstore.write(of(domid) + key, value));
        writeAvailability(world, domain);
        writeBackends(world, domain);
    }

    private static Map<String, String> values(SimulatedDomain domain) {
        Map<String, String> data = new LinkedHashMap<>();
        data.put("vm", vmPath(domain));
        data.put("name", domain.config.cInfo().name());
        data.put("domid", Integer.toString(domain.domid));
        data.put("memory/static-max", Long.toString(domain.staticMaxKib));
        data.put("memory/target", Long.toString(domain.targetKib));
        data.put("control/platform-feature-multiprocessor-suspend", "1");
        data.put("control/platform-feature-xs_reset_watches", "1");
        putAll(data, "", domain.config.cInfo().xsdata());
        putAll(data, "platform/", domain.config.cInfo().platformdata());
        return data;
    }

    private static void putAll(Map<String, String> data, String path, Map<String, String> more) {
        if (more != null) {
            more.forEach((key, value) -> data.put(path + key, value));
        }
    }

    private static void make(SimulatedXenstore xenstore, String path, XenstorePermissions permissions) {
        xenstore.write(path, "");
        xenstore.setPermissions(path, permissions);
    }

    private static String vmPath(SimulatedDomain domain) {
        return "/vm/" + domain.uuid();
    }

    /** Writes what belongs to the VM, whatever domain it has; an emulated clock is set by {@code rtc/timeoffset}. */
    static void writeVm(SimulatorState world, SimulatedDomain domain) {
        String path = vmPath(domain);
        make(world.xenstore, path, XenstorePermissions.readableBy(domain.domid));
        world.xenstore.write(path + "/uuid", domain.uuid().toString());
        world.xenstore.write(path + "/name", domain.config.cInfo().name());
        if (domain.type() == DomainKind.HVM) {
            Integer offset = domain.config.bInfo().rtcTimeoffset();
            world.xenstore.write(path + "/rtc/timeoffset", offset == null ? "" : offset.toString());
        }
    }

    /** Writes which virtual CPUs the guest is asked to have online. */
    static void writeAvailability(SimulatorState world, SimulatedDomain domain) {
        for (int i = 0; i < domain.vcpus(); i++) {
            world.xenstore.write(
                    of(domain.domid) + "cpu/" + i + "/availability",
                    domain.available.contains(i) ? "online" : "offline");
        }
    }

    /** Writes the states of the domain's devices, as their backends in the control domain see them. */
    static void writeBackends(SimulatorState world, SimulatedDomain domain) {
        String state = Integer.toString(state(domain));
        for (DiskConfig disk : domain.config.disks()) {
            if (!disk.isCdrom()) {
                world.xenstore.write(backend("vbd", domain.domid) + "/" + diskNumber(disk.vdev()) + "/state", state);
            }
        }
        for (NicConfig nic : domain.config.nics()) {
            world.xenstore.write(backend("vif", domain.domid) + "/" + nic.devid() + "/state", state);
        }
    }

    /** How far a device has come: its guest connects it as soon as it has booted far enough, if it has the driver. */
    static int state(SimulatedDomain domain) {
        if (!domain.drivers) {
            return CLOSED;
        }
        return domain.connected ? CONNECTED : INIT_WAIT;
    }

    static String backend(String kind, int domid) {
        return Xenstore.domainPath(0) + "/backend/" + kind + "/" + domid;
    }

    /** Removes all that there is of a domain. */
    static void remove(SimulatorState world, SimulatedDomain domain) {
        world.xenstore.remove(Xenstore.domainPath(domain.domid));
        world.xenstore.remove(vmPath(domain));
        world.xenstore.remove(backend("vbd", domain.domid));
        world.xenstore.remove(backend("vif", domain.domid));
    }

    /** Returns the number of a disk, as Xen's documents tell: xvda has the major number 202, with 16 minors a disk. */
    static int diskNumber(String vdev) {
        int letter = vdev.charAt(Math.min(2, vdev.length() - 1)) - 'a';
        return vdev.startsWith("xvd") ? (202 << 8) + 16 * (vdev.charAt(3) - 'a') : (8 << 8) + 16 * letter;
    }
}
