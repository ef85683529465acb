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
    static void write(SimulatedXenstore xenstore, SimulatedDomain domain) {
        int domid = domain.domid;
        make(xenstore, Xenstore.domainPath(domid), XenstorePermissions.readableBy(domid));
        writeVm(xenstore, domain);
        READABLE.forEach(name -> make(xenstore, of(domid) + name, XenstorePermissions.readableBy(domid)));
        WRITABLE.forEach(name -> make(xenstore, of(domid) + name, XenstorePermissions.ownedBy(domid)));
        if (domain.type() == DomainKind.HVM) {
            make(xenstore, of(domid) + "hvmloader", XenstorePermissions.readableBy(domid));
            make(xenstore, of(domid) + "control/feature-s3", XenstorePermissions.ownedBy(domid));
            make(xenstore, of(domid) + "control/feature-s4", XenstorePermissions.ownedBy(domid));
        }
        values(domain).forEach((key, value) -> xenstore.write(of(domid) + key, value));
        writeAvailability(xenstore, domain);
        writeBackends(xenstore, domain);
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
        more.forEach((key, value) -> data.put(path + key, value));
    }

    private static void make(SimulatedXenstore xenstore, String path, XenstorePermissions permissions) {
        xenstore.write(path, "");
        xenstore.setPermissions(path, permissions);
    }

    private static String vmPath(SimulatedDomain domain) {
        return "/vm/" + domain.uuid();
    }

    /** Writes what belongs to the VM, whatever domain it has; an emulated clock is set by {@code rtc/timeoffset}. */
    static void writeVm(SimulatedXenstore xenstore, SimulatedDomain domain) {
        String path = vmPath(domain);
        make(xenstore, path, XenstorePermissions.readableBy(domain.domid));
        xenstore.write(path + "/uuid", domain.uuid().toString());
        xenstore.write(path + "/name", domain.config.cInfo().name());
        if (domain.type() == DomainKind.HVM) {
            Integer offset = domain.config.bInfo().rtcTimeoffset();
            xenstore.write(path + "/rtc/timeoffset", offset == null ? "" : offset.toString());
        }
    }

    /** Writes which virtual CPUs the guest is asked to have online. */
    static void writeAvailability(SimulatedXenstore xenstore, SimulatedDomain domain) {
        for (int i = 0; i < domain.vcpus(); i++) {
            xenstore.write(
                    of(domain.domid) + "cpu/" + i + "/availability",
                    domain.available.contains(i) ? "online" : "offline");
        }
    }

    /** Writes the states of the domain's devices, as their backends in the control domain see them. */
    static void writeBackends(SimulatedXenstore xenstore, SimulatedDomain domain) {
        String state = Integer.toString(xenbusState(domain));
        for (DiskConfig disk : domain.config.disks()) {
            if (!disk.isCdrom()) {
                xenstore.write(backend("vbd", domain.domid) + "/" + diskNumber(disk.vdev()) + "/state", state);
            }
        }
        for (NicConfig nic : domain.config.nics()) {
            xenstore.write(backend("vif", domain.domid) + "/" + nic.devid() + "/state", state);
        }
    }

    /** How far a device has come: its guest connects it as soon as it has booted far enough, if it has the driver. */
    static int xenbusState(SimulatedDomain domain) {
        if (!domain.drivers) {
            return CLOSED;
        }
        return domain.connected ? CONNECTED : INIT_WAIT;
    }

    static String backend(String kind, int domid) {
        return Xenstore.domainPath(0) + "/backend/" + kind + "/" + domid;
    }

    /** Removes all that there is of a domain. */
    static void remove(SimulatedXenstore xenstore, SimulatedDomain domain) {
        xenstore.remove(Xenstore.domainPath(domain.domid));
        xenstore.remove(vmPath(domain));
        xenstore.remove(backend("vbd", domain.domid));
        xenstore.remove(backend("vif", domain.domid));
    }

    /** Returns the number of a disk, as Xen's documents tell: xvda has the major number 202, with 16 minors a disk. */
    static int diskNumber(String vdev) {
        int letter = vdev.charAt(Math.min(2, vdev.length() - 1)) - 'a';
        return vdev.startsWith("xvd") ? (202 << 8) + 16 * (vdev.charAt(3) - 'a') : (8 << 8) + 16 * letter;
    }
}
