package org.jxapi.neighbour.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;
import org.jxapi.neighbour.syntax.PythonReader;
import org.jxapi.neighbour.syntax.Setting;
import org.jxapi.neighbour.syntax.SyntaxException;

/** Reads configurations of xl and xm: xl.cfg(5), xl-disk-configuration(5), xl-network-configuration(5), and xm's manual. */
public final class XlGuest {
    private static final long MOST_MIB = 1L << 24;
    private static final long MOST_VCPUS = 512;

    private final XlSettings settings;
    private final PlanBuilder plan = new PlanBuilder();

    private XlGuest(List<Setting> all) {
        this.settings = new XlSettings(all);
    }

    /**
     * The VM of a configuration.
     *
     * @param localOffset seconds of the host's local time from UTC, for clocks that are set to it
     * @throws SyntaxException if the text is not such a configuration, or a value has the wrong type
     */
    public static GuestPlan read(String text, int localOffset) {
        return new XlGuest(PythonReader.read(text)).plan(localOffset);
    }

    private GuestPlan plan(int localOffset) {
        name();
        type();
        memory();
        vcpus();
        new XlBoot(settings, plan).read();
        new XlHardware(settings, plan).read(localOffset);
        new XlActions(settings, plan).read();
        each("disk", (key, spec) -> XlDisk.read(plan, key, spec));
        each("vif", (key, spec) -> XlNic.read(plan, key, spec));
        pci();
        FirstDisk.boots(plan);
        rest();
        return plan.build();
    }

    private void name() {
        String name = settings.text("name").orElse("");
        if (name.isEmpty()) {
            throw new SyntaxException(1, "the VM has no name; write name = \"...\"");
        }
        plan.set("name_label", name);
        plan.taken(settings.key("name"), "name-label=" + name);
        settings.text("uuid").ifPresent(uuid -> {
            if (uuid.matches("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")) {
                plan.uuid(UUID.fromString(uuid).toString());
                plan.taken(settings.key("uuid"), "uuid=" + UUID.fromString(uuid));
            } else {
                plan.refused(settings.key("uuid"), "\"" + uuid + "\" is no UUID; the VM gets a new one");
            }
        });
    }

    private void type() {
        Optional<String> builder = settings.text("builder");
        Optional<String> type = settings.text("type");
        String known = builder.filter("hvm"::equals).isPresent() ? "hvm" : "pv";
        if (settings.bool("pvh").orElse(false)) {
            known = "pvh";
            plan.translated(settings.key("pvh"), "domain-type=pvh");
        }
        builder.ifPresent(text -> {
            if (text.equals("hvm") || text.equals("generic") || text.equals("linux")) {
                plan.translated(settings.key("builder"), "domain-type=" + (text.equals("hvm") ? "hvm" : "pv"));
            } else {
                plan.refused(
                        settings.key("builder"), "\"" + text + "\" is not known; there are generic, linux and hvm");
            }
        });
        if (type.isPresent()) {
            String text = type.get();
            if (Set.of("pv", "pvh", "hvm").contains(text)) {
                known = text;
                plan.taken(settings.key("type"), "domain-type=" + text);
            } else {
                plan.refused(settings.key("type"), "\"" + text + "\" is not known; there are pv, pvh and hvm");
            }
        }
        plan.type(known);
    }

    private void memory() {
        Optional<Long> most = settings.number("maxmem");
        long target = settings.number("memory").orElse(most.orElse(128L));
        long limit = Math.max(target, most.orElse(target));
        check("memory", target, 1, MOST_MIB);
        check("maxmem", limit, 1, MOST_MIB);
        plan.memory(target, limit);
        if (settings.has("memory")) {
            plan.translated(
                    settings.key("memory"),
                    "memory-dynamic-min=" + target + "MiB, memory-dynamic-max=" + target + "MiB");
        }
        if (most.isPresent()) {
            plan.translated(settings.key("maxmem"), "memory-static-max=" + limit + "MiB");
        }
        settings.number("shadow_memory")
                .ifPresent(mib -> plan.ignored(
                        settings.key("shadow_memory"), "jxapi computes it; VM.HVM_shadow_multiplier gives more"));
    }

    private void vcpus() {
        Optional<Long> most = settings.number("maxvcpus");
        long now = settings.number("vcpus").orElse(1L);
        long limit = most.isPresent() ? Math.max(now, most.get()) : now;
        check("vcpus", now, 1, MOST_VCPUS);
        check("maxvcpus", limit, 1, MOST_VCPUS);
        plan.vcpus(now, limit);
        if (settings.has("vcpus")) {
            plan.translated(settings.key("vcpus"), "VCPUs-at-startup=" + now);
        }
        if (most.isPresent()) {
            plan.translated(settings.key("maxvcpus"), "VCPUs-max=" + limit);
        }
        if (settings.has("vcpu_avail")) {
            settings.value("vcpu_avail");
            plan.refused(
                    settings.key("vcpu_avail"), "a mask of virtual CPUs is not known; vcpus says how many are online");
        }
        for (String name : List.of("cpus", "cpu")) {
            if (settings.has(name)) {
                CpuMasks.read(plan, settings.key(name), settings.value(name));
            }
        }
        settings.number("cpu_weight").ifPresent(weight -> {
            plan.vcpusParam("weight", weight.toString());
            plan.taken(settings.key("cpu_weight"), "VCPUs-params:weight=" + weight);
        });
        settings.number("cap").ifPresent(cap -> {
            plan.vcpusParam("cap", cap.toString());
            plan.taken(settings.key("cap"), "VCPUs-params:cap=" + cap);
        });
    }

    private void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new SyntaxException(
                    settings.line(name), name + " is " + value + ", which is not from " + least + " to " + most);
        }
    }

    private void pci() {
        List<String> devices = new ArrayList<>();
        each("pci", (key, spec) -> PciSpec.read(plan, key, spec).ifPresent(devices::add));
        PciSpec.give(plan, devices);
    }

    /** Everything that nothing above has asked for. */
    private void rest() {
        for (Setting setting : settings.all()) {
            ConfigKey key = settings.key(setting.name());
            if (settings.used(setting.name())) {
                if (!plan.reported(setting.name())) {
                    plan.ignored(key, "it is empty, or the default here");
                }
                continue;
            }
            Optional<KnownKeys.Rule> rule = KnownKeys.XL.find(setting.name());
            if (rule.isPresent()) {
                rule.get().apply(plan, key, String.valueOf(setting.value()));
            } else if (referred(setting.name())) {
                plan.ignored(key, "it is no setting, but a value for others");
            } else {
                plan.refused(key, "jxapi does not know this setting");
            }
        }
    }

    /** Names that hold values for other lines, by Python's habit: single letters, or with a leading underscore. */
    private static boolean referred(String name) {
        return name.startsWith("_") || name.length() == 1;
    }

    private interface Reader {
        void read(ConfigKey key, String spec);
    }

    private void each(String name, Reader reader) {
        List<String> specs = settings.list(name);
        if (settings.has(name) && specs.isEmpty()) {
            plan.taken(settings.key(name), "none");
        }
        for (int i = 0; i < specs.size(); i++) {
            reader.read(new ConfigKey(name + "[" + i + "]", settings.line(name)), specs.get(i));
        }
    }
}
