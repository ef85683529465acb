package org.jxapi.neighbour.guest;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.domain.SerialPort;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;

/** The virtual hardware of a configuration of xl, as keys of {@code VM.platform}. */
final class XlHardware {
    /** Settings that are 0 or 1, with their keys here. */
    private static final Map<String, String> FLAGS = Map.of(
            "acpi", "acpi",
            "acpi_s3", "acpi_s3",
            "acpi_s4", "acpi_s4",
            "apic", "apic",
            "nx", "nx",
            "pae", "pae",
            "hpet", "hpet",
            "nestedhvm", "nested-virt");

    private static final Map<String, String> TSC =
            Map.of("default", "0", "always_emulate", "1", "native", "2", "native_paravirt", "3");

    private final XlSettings config;
    private final PlanBuilder plan;

    XlHardware(XlSettings config, PlanBuilder plan) {
        this.config = config;
        this.plan = plan;
    }

    void read(int localOffset) {
        new TreeMap<>(FLAGS)
                .forEach((name, field) ->
                        config.bool(name).ifPresent(on -> hvmOnly(config.key(name), field, Boolean.toString(on))));
        viridian();
        generation();
        clock(localOffset);
        screen();
        serial();
        usb();
        for (String name : List.of("max_grant_frames", "max_maptrack_frames")) {
            config.number(name).ifPresent(count -> {
                plan.platform(name, count.toString());
                plan.taken(config.key(name), "platform:" + name + "=" + count);
            });
        }
        config.text("vendor_device").ifPresent(device -> {
            ConfigKey key = config.key("vendor_device");
            switch (device) {
                case "none" -> plan.taken(key, "has-vendor-device=false");
                case "xenserver" -> {
                    plan.set("has_vendor_device", true);
                    plan.translated(key, "has-vendor-device=true");
                }
                default -> plan.refused(key, "\"" + device + "\" is not known; there are none and xenserver");
            }
        });
        config.text("device_model_version").ifPresent(version -> {
            ConfigKey key = config.key("device_model_version");
            if (version.equals("qemu-xen")) {
                plan.ignored(key, "it is the default here");
            } else {
                plan.refused(key, "jxapi has no " + version + "; guests get the QEMU of this host");
            }
        });
    }

    /** A key that only HVM guests have. */
    private void hvmOnly(ConfigKey key, String name, String value) {
        if (!plan.hvm()) {
            plan.ignored(key, "it is for HVM guests");
        } else {
            plan.platform(name, value);
            plan.taken(key, "platform:" + name + "=" + value);
        }
    }

    private void viridian() {
        if (!config.has("viridian")) {
            return;
        }
        ConfigKey key = config.key("viridian");
        Object value = config.value("viridian");
        if (value instanceof List<?> groups) {
            boolean on =
                    groups.stream().anyMatch(group -> !String.valueOf(group).startsWith("!"));
            plan.platform("viridian", Boolean.toString(on));
            plan.translated(key, "platform:viridian=" + on + ", with libxl's choice of groups");
        } else {
            hvmOnly(key, "viridian", Boolean.toString(config.bool("viridian").orElse(false)));
        }
    }

    private void generation() {
        config.text("ms_vm_genid").ifPresent(how -> {
            ConfigKey key = config.key("ms_vm_genid");
            if (how.equals("generate")) {
                plan.set("generation_id", "0:0");
                plan.translated(key, "generation-id, which changes with each snapshot and copy");
            } else {
                plan.taken(key, "no generation-id");
            }
        });
    }

    private void clock(int localOffset) {
        long offset = config.number("rtc_timeoffset").orElse(0L);
        boolean local = config.bool("localtime").orElse(false);
        long all = offset + (local ? localOffset : 0);
        if (config.has("rtc_timeoffset") || config.has("localtime")) {
            plan.platform("timeoffset", Long.toString(all));
        }
        if (config.has("rtc_timeoffset")) {
            plan.translated(config.key("rtc_timeoffset"), "platform:timeoffset=" + all);
        }
        if (config.has("localtime")) {
            plan.translated(
                    config.key("localtime"),
                    "platform:timeoffset=" + all + (local ? ", the host's local time as it is now" : ""));
        }
        config.text("tsc_mode").ifPresent(mode -> {
            ConfigKey key = config.key("tsc_mode");
            String number = TSC.getOrDefault(mode, mode);
            if (number.matches("[0-3]")) {
                plan.platform("tsc_mode", number);
                plan.translated(key, "platform:tsc_mode=" + number);
            } else {
                plan.refused(key, "\"" + mode + "\" is not known; there are " + new java.util.TreeSet<>(TSC.keySet()));
            }
        });
    }

    private void screen() {
        config.bool("stdvga").ifPresent(std -> vga(config.key("stdvga"), std ? "stdvga" : "cirrus"));
        config.text("vga").ifPresent(card -> vga(config.key("vga"), card));
        config.number("videoram").ifPresent(mib -> hvmOnly(config.key("videoram"), "videoram", mib.toString()));
        config.text("keymap").ifPresent(map -> keymap(config.key("keymap"), map));
        config.bool("vnc").ifPresent(on -> {
            ConfigKey key = config.key("vnc");
            if (!plan.hvm()) {
                framebuffer(key, on);
            } else if (on) {
                plan.translated(key, "an HVM guest has a screen, which clients see through its console");
            } else {
                plan.ignored(key, "HVM guests always have a screen, which only clients with a session see");
            }
        });
        List<String> framebuffers = config.list("vfb");
        for (int i = 0; i < framebuffers.size(); i++) {
            vfb(new ConfigKey("vfb[" + i + "]", config.line("vfb")), framebuffers.get(i));
        }
        if (config.has("vfb") && framebuffers.isEmpty()) {
            plan.taken(config.key("vfb"), "none");
        }
    }

    private void framebuffer(ConfigKey key, boolean on) {
        plan.platform("pvfb", Boolean.toString(on));
        plan.translated(key, "platform:pvfb=" + on);
    }

    private void vfb(ConfigKey key, String spec) {
        if (plan.hvm()) {
            plan.ignored(key, "an HVM guest has an emulated screen, which clients see through its console");
            return;
        }
        framebuffer(key, true);
        for (String option : spec.split(",", -1)) {
            String[] parts = option.strip().split("=", 2);
            ConfigKey part = new ConfigKey(key.name() + "." + parts[0], key.line());
            String value = parts.length < 2 ? "" : parts[1];
            switch (parts[0]) {
                case "", "type", "vnc" -> plan.taken(part, "a screen, which clients see through the VM's console");
                case "keymap" -> keymap(part, value);
                default ->
                    KnownKeys.XL
                            .find(parts[0])
                            .ifPresentOrElse(
                                    rule -> rule.apply(plan, part, value),
                                    () -> plan.refused(part, "jxapi does not know this option"));
            }
        }
    }

    private void vga(ConfigKey key, String card) {
        switch (card) {
            case "stdvga", "std" -> hvmOnly(key, "vga", "std");
            case "cirrus" -> hvmOnly(key, "vga", "cirrus");
            default -> plan.refused(key, "jxapi emulates cirrus and stdvga, but not \"" + card + "\"");
        }
    }

    private void keymap(ConfigKey key, String map) {
        if (map.matches("[a-z]{2,8}(-[a-z]{2,8})?")) {
            plan.platform("keymap", map);
            plan.taken(key, "platform:keymap=" + map);
        } else {
            plan.refused(key, "\"" + map + "\" is no name of a keyboard layout, such as en-us");
        }
    }

    private void serial() {
        List<String> ports = config.list("serial");
        if (!ports.isEmpty()) {
            serial(plan, config.key("serial"), ports);
        }
    }

    /** The first serial port; a guest has one. */
    static void serial(PlanBuilder plan, ConfigKey key, List<String> ports) {
        if (!plan.hvm()) {
            plan.ignored(key, "it is for HVM guests; others have a console");
            return;
        }
        try {
            String port = SerialPort.check("platform", ports.get(0));
            plan.platform(SerialPort.KEY, port);
            plan.taken(key, "platform:hvm_serial=" + port);
        } catch (XenApiException e) {
            plan.refused(
                    key,
                    "\"" + ports.get(0) + "\" could name a file of the host; there are pty, none, null, tcp, telnet"
                            + " and udp");
        }
        if (ports.size() > 1) {
            plan.refused(key, "a guest has one serial port here; the others are left out");
        }
    }

    private void usb() {
        config.bool("usb").ifPresent(on -> hvmOnly(config.key("usb"), "usb", Boolean.toString(on)));
        List<String> devices = config.list("usbdevice");
        if (devices.isEmpty()) {
            return;
        }
        ConfigKey key = config.key("usbdevice");
        Set<String> pointers = Set.of("tablet", "mouse");
        if (!plan.hvm()) {
            plan.ignored(key, "it is for HVM guests");
        } else if (pointers.containsAll(devices)) {
            boolean tablet = devices.contains("tablet");
            plan.platform("usb", "true");
            plan.platform("usb_tablet", Boolean.toString(tablet));
            plan.translated(key, "platform:usb=true, platform:usb_tablet=" + tablet);
        } else {
            plan.refused(key, "jxapi emulates a tablet and passes no USB devices of the host through");
        }
    }
}
