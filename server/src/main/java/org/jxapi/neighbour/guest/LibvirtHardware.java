package org.jxapi.neighbour.guest;

import java.util.List;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;
import org.jxapi.neighbour.syntax.Element;

/** The elements {@code features}, {@code clock} and {@code cpu} of libvirt, as keys of {@code VM.platform}. */
final class LibvirtHardware {
    private static final List<String> PRESENT = List.of("acpi", "apic", "pae");

    private LibvirtHardware() {}

    /** As in libvirt's driver, a feature that is not there is off. */
    static void features(PlanBuilder plan, Element features) {
        for (Element child : features.children()) {
            ConfigKey key = new ConfigKey("features/" + child.name(), child.line());
            switch (child.name()) {
                case "acpi", "apic", "pae" -> {
                    if (plan.hvm()) {
                        plan.platform(child.name(), "true");
                        plan.taken(key, "platform:" + child.name() + "=true");
                    } else {
                        plan.ignored(key, "it is for HVM guests");
                    }
                }
                case "viridian", "hyperv" -> {
                    plan.platform("viridian", "true");
                    plan.translated(key, "platform:viridian=true, with libxl's choice of groups");
                }
                default -> UnknownElements.unknown(plan, "features/" + child.name(), child);
            }
        }
        for (String name : PRESENT) {
            if (plan.hvm() && features.child(name).isEmpty()) {
                plan.platform(name, "false");
                plan.translated(
                        new ConfigKey("features", features.line()),
                        "platform:" + name + "=false, because it is not there");
            }
        }
    }

    static void clock(PlanBuilder plan, Element clock, int localOffset) {
        ConfigKey key = new ConfigKey("clock", clock.line());
        String offset = clock.attribute("offset");
        String adjustment = clock.attribute("adjustment");
        switch (offset) {
            case "", "utc" -> plan.taken(key, "the clock is set to UTC");
            case "localtime" -> {
                plan.platform("timeoffset", Integer.toString(localOffset));
                plan.translated(key, "platform:timeoffset=" + localOffset + ", the host's local time as it is now");
            }
            case "variable" -> {
                long base = clock.attribute("basis").equals("localtime") ? localOffset : 0;
                if (adjustment.matches("-?\\d{1,9}")) {
                    base += Long.parseLong(adjustment);
                }
                plan.platform("timeoffset", Long.toString(base));
                plan.translated(key, "platform:timeoffset=" + base);
            }
            default -> plan.refused(key, "the clock cannot have the offset \"" + offset + "\"");
        }
        clock.children().forEach(timer -> timer(plan, timer));
    }

    private static void timer(PlanBuilder plan, Element timer) {
        String name = timer.attribute("name");
        ConfigKey key = new ConfigKey("clock/timer[" + name + "]", timer.line());
        switch (name) {
            case "tsc" -> {
                String mode = switch (timer.attribute("mode")) {
                    case "native" -> "2";
                    case "paravirt" -> "3";
                    case "emulate" -> "1";
                    default -> "0";
                };
                plan.platform("tsc_mode", mode);
                plan.translated(key, "platform:tsc_mode=" + mode);
            }
            case "hpet" -> {
                String on = Boolean.toString(!timer.attribute("present").equals("no"));
                plan.platform("hpet", on);
                plan.translated(key, "platform:hpet=" + on);
            }
            default -> plan.ignored(key, "jxapi uses Xen's defaults for this timer");
        }
    }

    static void cpu(PlanBuilder plan, Element cpu) {
        ConfigKey key = new ConfigKey("cpu", cpu.line());
        String mode = cpu.attribute("mode");
        if (mode.isEmpty() || mode.equals("host-passthrough") || mode.equals("host-model")) {
            plan.ignored(key, "guests get the CPU features of the host");
        } else {
            plan.refused(key, "jxapi gives guests the CPU features of the host, not those of a model");
        }
        for (Element child : cpu.children()) {
            ConfigKey part = new ConfigKey("cpu/" + child.name(), child.line());
            if (child.name().equals("topology") && child.attribute("cores").matches("\\d{1,3}")) {
                plan.platform("cores-per-socket", child.attribute("cores"));
                plan.translated(part, "platform:cores-per-socket=" + child.attribute("cores"));
            } else if (child.name().equals("feature")
                    && List.of("vmx", "svm").contains(child.attribute("name"))
                    && plan.hvm()) {
                boolean on = !List.of("disable", "forbid").contains(child.attribute("policy"));
                plan.platform("nested-virt", Boolean.toString(on));
                plan.translated(part, "platform:nested-virt=" + on);
            } else {
                UnknownElements.unknown(plan, "cpu/" + child.name(), child);
            }
        }
    }
}
