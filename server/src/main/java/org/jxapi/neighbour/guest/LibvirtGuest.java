package org.jxapi.neighbour.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;
import org.jxapi.neighbour.syntax.Element;
import org.jxapi.neighbour.syntax.SyntaxException;
import org.jxapi.neighbour.syntax.XmlReader;

/** Reads domains of libvirt's Xen driver, in the XML that {@code virsh dumpxml} writes. */
public final class LibvirtGuest {
    private static final long MOST_MIB = 1L << 24;
    private static final long MOST_VCPUS = 512;
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("b", 1L),
            Map.entry("bytes", 1L),
            Map.entry("KB", 1000L),
            Map.entry("k", 1L << 10),
            Map.entry("KiB", 1L << 10),
            Map.entry("MB", 1000_000L),
            Map.entry("M", 1L << 20),
            Map.entry("MiB", 1L << 20),
            Map.entry("GB", 1000_000_000L),
            Map.entry("G", 1L << 30),
            Map.entry("GiB", 1L << 30),
            Map.entry("T", 1L << 40),
            Map.entry("TiB", 1L << 40));

    private final Element domain;
    private final PlanBuilder plan = new PlanBuilder();

    private LibvirtGuest(Element domain) {
        this.domain = domain;
    }

    /**
     * The VM of a domain.
     *
     * @param localOffset seconds of the host's local time from UTC, for clocks that are set to it
     * @throws SyntaxException if the text is no domain, or a value has the wrong type
     */
    public static GuestPlan read(String text, int localOffset) {
        Element root = XmlReader.read(text);
        if (!root.name().equals("domain")) {
            throw new SyntaxException(root.line(), "the document is a <" + root.name() + ">, not a <domain>");
        }
        return new LibvirtGuest(root).plan(localOffset);
    }

    private GuestPlan plan(int localOffset) {
        LibvirtBoot boot = new LibvirtBoot(plan);
        LibvirtDevices devices = new LibvirtDevices(plan);
        String hypervisor = domain.attribute("type");
        if (!hypervisor.equals("xen")) {
            plan.refused(
                    new ConfigKey("domain", domain.line()),
                    "its type is \"" + hypervisor + "\"; the guest may lack drivers for Xen's devices");
        }
        domain.child("os").ifPresent(boot::type);
        actions();
        for (Element child : domain.children()) {
            ConfigKey key = new ConfigKey(child.name(), child.line());
            if (!child.prefix().isEmpty()) {
                plan.refused(
                        new ConfigKey(child.prefix() + ":" + child.name(), child.line()),
                        "jxapi passes no options of clients to libxl or QEMU");
                continue;
            }
            switch (child.name()) {
                case "name" -> {
                    plan.set("name_label", child.text());
                    plan.taken(key, "name-label=" + child.text());
                }
                case "uuid" -> uuid(key, child.text());
                case "description" -> {
                    plan.set("name_description", child.text());
                    plan.taken(key, "name-description");
                }
                case "memory" -> memory(child);
                case "currentMemory" -> {
                    // It is read with the memory.
                }
                case "vcpu" -> vcpus(child);
                case "cputune" -> tuning(child);
                case "os" -> boot.os(child);
                case "bootloader" -> PvBoot.loader(plan, key, child.text());
                case "bootloader_args" -> {
                    plan.set("PV_bootloader_args", child.text());
                    plan.taken(key, "PV-bootloader-args=" + child.text());
                }
                case "features" -> LibvirtHardware.features(plan, child);
                case "clock" -> LibvirtHardware.clock(plan, child, localOffset);
                case "cpu" -> LibvirtHardware.cpu(plan, child);
                case "on_poweroff" -> action(child, false, "actions_after_shutdown");
                case "on_reboot" -> action(child, false, "actions_after_reboot");
                case "on_crash" -> action(child, true, "actions_after_crash");
                case "devices" -> devices.read(child);
                default -> UnknownElements.unknown(plan, child.name(), child);
            }
        }
        if (!plan.has("name_label")) {
            throw new SyntaxException(domain.line(), "the domain has no name");
        }
        if (!plan.has("memory_static_max")) {
            throw new SyntaxException(domain.line(), "the domain has no memory");
        }
        if (!plan.has("VCPUs_max")) {
            plan.vcpus(1, 1);
        }
        if (plan.hvm() && domain.child("features").isEmpty()) {
            LibvirtHardware.features(plan, new Element("", "features", Map.of(), "", List.of(), domain.line()));
        }
        devices.order();
        return plan.build();
    }

    private void uuid(ConfigKey key, String text) {
        String plain = text.replace("-", "").toLowerCase(Locale.ROOT);
        if (!plain.matches("[0-9a-f]{32}")) {
            plan.refused(key, "\"" + text + "\" is no UUID; the VM gets a new one");
            return;
        }
        String uuid = plain.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
        plan.uuid(UUID.fromString(uuid).toString());
        plan.taken(key, "uuid=" + uuid);
    }

    private void actions() {
        plan.set("actions_after_shutdown", "destroy");
        plan.set("actions_after_reboot", "restart");
        plan.set("actions_after_crash", "destroy");
        plan.set("actions_after_softreboot", "soft_reboot");
    }

    private void action(Element element, boolean crash, String field) {
        XlActions.libvirt(plan, new ConfigKey(element.name(), element.line()), element.text(), crash, field);
    }

    private void memory(Element memory) {
        long most = mib(memory);
        Element current = domain.child("currentMemory").orElse(memory);
        long target = Math.min(most, mib(current));
        plan.memory(target, most);
        plan.translated(new ConfigKey("memory", memory.line()), "memory-static-max=" + most + "MiB");
        if (current != memory) {
            plan.translated(
                    new ConfigKey("currentMemory", current.line()),
                    "memory-dynamic-min=" + target + "MiB, memory-dynamic-max=" + target + "MiB");
        }
    }

    /** An amount of memory in MiB, rounded up. */
    private static long mib(Element element) {
        String unit = element.attributes().getOrDefault("unit", "KiB");
        if (!element.text().matches("\\d{1,15}") || !UNITS.containsKey(unit)) {
            throw new SyntaxException(element.line(), "\"" + element.text() + "\" " + unit + " is no amount of memory");
        }
        double bytes = Double.parseDouble(element.text()) * UNITS.get(unit);
        long mib = (long) Math.ceil(bytes / (1 << 20));
        if (mib < 1 || mib > MOST_MIB) {
            throw new SyntaxException(element.line(), "the memory is not from 1 MiB to " + MOST_MIB + " MiB");
        }
        return mib;
    }

    private static long number(Element element, String text) {
        if (!text.matches("\\d{1,6}") || Long.parseLong(text) < 1 || Long.parseLong(text) > MOST_VCPUS) {
            throw new SyntaxException(
                    element.line(), "\"" + text + "\" is no number of virtual CPUs, from 1 to " + MOST_VCPUS);
        }
        return Long.parseLong(text);
    }

    private void vcpus(Element vcpu) {
        long most = number(vcpu, vcpu.text());
        String current = vcpu.attribute("current");
        long now = current.isEmpty() ? most : Math.min(most, number(vcpu, current));
        plan.vcpus(now, most);
        plan.translated(new ConfigKey("vcpu", vcpu.line()), "VCPUs-max=" + most + ", VCPUs-at-startup=" + now);
        String cpus = vcpu.attribute("cpuset");
        if (!cpus.isEmpty()) {
            CpuMasks.read(plan, new ConfigKey("vcpu@cpuset", vcpu.line()), cpus);
        }
        if (vcpu.attribute("placement").equals("auto")) {
            plan.ignored(new ConfigKey("vcpu@placement", vcpu.line()), "Xen's scheduler places virtual CPUs");
        }
    }

    private void tuning(Element tuning) {
        List<Object> pins = new ArrayList<>();
        for (Element child : tuning.children()) {
            if (child.name().equals("vcpupin") && child.attribute("vcpu").equals(Integer.toString(pins.size()))) {
                pins.add(child.attribute("cpuset"));
            } else if (child.name().equals("vcpupin")) {
                plan.refused(
                        new ConfigKey("cputune/vcpupin", child.line()),
                        "pins must be given for the virtual CPUs from 0 on, in their order");
            } else {
                UnknownElements.unknown(plan, "cputune/" + child.name(), child);
            }
        }
        if (!pins.isEmpty()) {
            CpuMasks.read(plan, new ConfigKey("cputune/vcpupin", tuning.line()), pins);
        }
    }
}
