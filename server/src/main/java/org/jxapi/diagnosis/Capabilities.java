package org.jxapi.diagnosis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jxapi.host.StatusItems;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;

/** The parts of a status report that are of this host, under the keys of XenServer's xen-bugtool where it has the same. */
final class Capabilities {
    private static final long SMALL = 256 * 1024;

    private final Hypervisor hypervisor;
    private final HostFiles files;

    Capabilities(Hypervisor hypervisor, HostFiles files) {
        this.hypervisor = hypervisor;
        this.files = files;
    }

    List<Capability> all() {
        return List.of(
                part(
                        "disk-info",
                        "maybe",
                        true,
                        outputs("disks", "lsblk -b -o NAME,TYPE,SIZE,FSTYPE,MOUNTPOINT", "df -k", "df -i")),
                part("hardware-info", "maybe", true, files("hardware", "/proc/cpuinfo", "/proc/interrupts")),
                part(
                        "kernel-info",
                        "no",
                        true,
                        files("kernel", "/proc/version", "/proc/cmdline", "/proc/modules", "/proc/sys/kernel/tainted")),
                part(
                        "network-status",
                        "yes",
                        true,
                        outputs(
                                "network",
                                "ip -s link",
                                "ip addr",
                                "ip route",
                                "ip -6 route",
                                "bridge link",
                                "ss -tlnu")),
                part(
                        "process-list",
                        "maybe",
                        true,
                        outputs("processes", "ps -eo pid,ppid,user,stat,rss,etime,time,comm")),
                part(
                        "system-load",
                        "no",
                        true,
                        files(
                                "load",
                                "/proc/loadavg",
                                "/proc/meminfo",
                                "/proc/vmstat",
                                "/proc/uptime",
                                "/proc/pressure/io")),
                part("system-logs", "maybe", false, outputs("logs", "journalctl -b -p warning -n 5000 --no-pager")),
                part("system-services", "no", true, outputs("services", "systemctl --no-pager list-units --failed")),
                part(
                        "xapi-debug",
                        "no",
                        true,
                        List.of(
                                Item.text("jxapid/threads.txt", ThreadStates::text),
                                Item.text("jxapid/memory.txt", ThreadStates::memory))),
                part("xen-info", "maybe", true, xen()),
                part("xenserver-config", "maybe", true, config()),
                part(StatusItems.LOGS, "maybe", true, files.logs()));
    }

    private static Capability part(String key, String personal, boolean checked, List<Item> items) {
        return new Capability(key, personal, checked, items);
    }

    private static List<Item> outputs(String folder, String... commands) {
        List<Item> items = new ArrayList<>();
        for (String command : commands) {
            String name = command.replaceAll("[^A-Za-z0-9]+", "-").replaceAll("-$", "");
            items.add(Item.output(folder + "/" + name + ".txt", command.split(" ")));
        }
        return items;
    }

    private static List<Item> files(String folder, String... paths) {
        List<Item> items = new ArrayList<>();
        for (String path : paths) {
            String name = path.substring(1).replace('/', '-');
            items.add(Item.file(folder + "/" + name + ".txt", Path.of(path), SMALL));
        }
        return items;
    }

    private List<Item> xen() {
        List<Item> items = new ArrayList<>(List.of(
                Item.text(
                        "xen/version.txt",
                        () -> facts(() -> hypervisor.host().version().toString() + "\n"
                                + hypervisor.host().physInfo())),
                Item.text(
                        "xen/dmesg.txt",
                        () -> facts(() -> String.join("\n", hypervisor.host().consoleLog())))));
        if (files.realXen()) {
            items.addAll(outputs("xen", "xl info", "xl list -v", "xl vcpu-list", "xl uptime"));
        }
        return items;
    }

    /** A call of the hypervisor. */
    private interface Facts {
        String get();
    }

    private static String facts(Facts facts) throws IOException {
        try {
            return facts.get();
        } catch (HypervisorException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private List<Item> config() {
        return List.of(
                Item.text("jxapid/version.txt", files::versions),
                Item.text("jxapid/settings.txt", files.settings()::get));
    }
}
