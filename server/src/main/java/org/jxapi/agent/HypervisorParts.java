package org.jxapi.agent;

import java.util.List;
import org.jxapi.hypervisor.Consoles;
import org.jxapi.hypervisor.Cpupools;
import org.jxapi.hypervisor.Devices;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Events;
import org.jxapi.hypervisor.Memory;
import org.jxapi.hypervisor.PhysicalHost;
import org.jxapi.hypervisor.Schedulers;
import org.jxapi.hypervisor.Statistics;
import org.jxapi.hypervisor.Vcpus;
import org.jxapi.hypervisor.Xenstore;

/** The parts of {@code Hypervisor}, with all methods that an agent serves. Paths are those of the agent's host. */
final class HypervisorParts {
    static final Part<Domains> DOMAINS = new Part<>(
            "domains",
            Domains.class,
            List.of(
                    "create",
                    "restore",
                    "suspend",
                    "send",
                    "receive",
                    "suspendOnly",
                    "resume",
                    "pause",
                    "unpause",
                    "shutdown",
                    "reboot",
                    "trigger",
                    "sysrq",
                    "softReset",
                    "destroy",
                    "rename",
                    "coreDump",
                    "config",
                    "info",
                    "list",
                    "name",
                    "findByName"));
    static final Part<Devices> DEVICES = new Part<>(
            "devices",
            Devices.class,
            List.of(
                    "add",
                    "remove",
                    "destroy",
                    "list",
                    "info",
                    "cdromInsert",
                    "pciAssignableAdd",
                    "pciAssignableRemove",
                    "pciAssignableList"));
    static final Part<DiskImages> DISK_IMAGES = new Part<>(
            "diskImages",
            DiskImages.class,
            List.of(
                    "served",
                    "isOpen",
                    "snapshot",
                    "merge",
                    "resize",
                    "mirror",
                    "pivot",
                    "endMirror",
                    "endMirrors",
                    "handOver",
                    "closeUnused"));
    static final Part<Memory> MEMORY = new Part<>(
            "memory",
            Memory.class,
            List.of("target", "setTarget", "setMax", "needed", "free", "waitForFree", "waitForTarget"));
    static final Part<Vcpus> VCPUS = new Part<>(
            "vcpus", Vcpus.class, List.of("list", "setOnline", "setAffinity", "nodeAffinity", "setNodeAffinity"));
    static final Part<Schedulers> SCHEDULERS = new Part<>(
            "schedulers", Schedulers.class, List.of("scheduler", "params", "setParams", "vcpuParams", "setVcpuParams"));
    static final Part<Cpupools> CPUPOOLS = new Part<>(
            "cpupools",
            Cpupools.class,
            List.of("list", "info", "freeCpus", "create", "destroy", "rename", "addCpu", "removeCpu", "moveDomain"));
    static final Part<Consoles> CONSOLES = new Part<>("consoles", Consoles.class, List.of("tty", "primaryTty", "vnc"));
    static final Part<PhysicalHost> HOST = new Part<>(
            "host",
            PhysicalHost.class,
            List.of(
                    "physInfo",
                    "version",
                    "cpuTopology",
                    "pciTopology",
                    "numaInfo",
                    "consoleLog",
                    "debugKeys",
                    "setParameters"));
    static final Part<Statistics> STATISTICS = new Part<>(
            "statistics", Statistics.class, List.of("cpuIdle", "load", "availableMemkb", "links", "carrier", "disks"));
    static final Part<Events> EVENTS = new Part<>("events", Events.class, List.of("subscribe"));
    static final Part<Xenstore> XENSTORE = new Part<>(
            "xenstore",
            Xenstore.class,
            List.of(
                    "read",
                    "list",
                    "readTree",
                    "write",
                    "writeAll",
                    "permissions",
                    "setPermissions",
                    "remove",
                    "watch"));

    private HypervisorParts() {}

    static List<Part<?>> all() {
        return List.of(
                DOMAINS,
                DEVICES,
                DISK_IMAGES,
                MEMORY,
                VCPUS,
                SCHEDULERS,
                CPUPOOLS,
                CONSOLES,
                HOST,
                STATISTICS,
                EVENTS,
                XENSTORE);
    }
}
