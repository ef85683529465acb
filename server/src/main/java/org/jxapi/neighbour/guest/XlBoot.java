package org.jxapi.neighbour.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;

/** How the guest of a configuration of xl boots: kernel, boot loader, or firmware with an order of devices. */
final class XlBoot {
    private final XlSettings config;
    private final PlanBuilder plan;

    XlBoot(XlSettings config, PlanBuilder plan) {
        this.config = config;
        this.plan = plan;
    }

    void read() {
        if (plan.hvm()) {
            hvm();
        } else {
            kernel();
        }
    }

    private void kernel() {
        Optional<String> bootloader = config.text("bootloader").filter(text -> !text.isEmpty());
        Optional<String> kernel = config.text("kernel").filter(text -> !text.isEmpty());
        bootloader.ifPresent(program -> PvBoot.loader(plan, config.key("bootloader"), program));
        kernel.ifPresent(path -> {
            if (bootloader.isPresent()) {
                plan.ignored(config.key("kernel"), "the boot loader finds the kernel on the guest's disk");
            } else {
                PvBoot.file(plan, config.key("kernel"), "PV_kernel", path);
            }
        });
        config.text("ramdisk").filter(text -> !text.isEmpty()).ifPresent(path -> {
            if (bootloader.isPresent()) {
                plan.ignored(config.key("ramdisk"), "the boot loader finds the ramdisk on the guest's disk");
            } else {
                PvBoot.file(plan, config.key("ramdisk"), "PV_ramdisk", path);
            }
        });
        commandLine();
        for (String name : List.of("bootloader_args", "bootargs")) {
            List<String> words = config.list(name);
            if (!words.isEmpty()) {
                plan.set("PV_bootloader_args", String.join(" ", words));
                plan.taken(config.key(name), "PV-bootloader-args=" + String.join(" ", words));
            }
        }
        config.text("firmware")
                .ifPresent(text -> plan.refused(
                        config.key("firmware"), "jxapi has no " + text + " for PV guests; use bootloader=\"pygrub\""));
        config.text("boot").ifPresent(order -> plan.ignored(config.key("boot"), "it is for HVM guests"));
    }

    private void commandLine() {
        Optional<String> whole = config.text("cmdline");
        Optional<String> root = config.text("root");
        Optional<String> extra = config.text("extra");
        List<String> words = new ArrayList<>();
        if (whole.isPresent()) {
            words.add(whole.get());
            plan.taken(config.key("cmdline"), "PV-args=" + whole.get());
            root.ifPresent(text -> plan.ignored(config.key("root"), "cmdline is what xl uses instead"));
            extra.ifPresent(text -> plan.ignored(config.key("extra"), "cmdline is what xl uses instead"));
        } else {
            root.filter(text -> !text.isEmpty()).ifPresent(text -> words.add("root=" + text));
            extra.filter(text -> !text.isEmpty()).ifPresent(words::add);
            String all = String.join(" ", words);
            root.ifPresent(text -> plan.translated(config.key("root"), "PV-args=" + all));
            extra.ifPresent(text -> plan.translated(config.key("extra"), "PV-args=" + all));
        }
        if (!words.isEmpty()) {
            plan.set("PV_args", String.join(" ", words));
        }
    }

    private void hvm() {
        config.text("boot").ifPresent(order -> order(config.key("boot"), order));
        config.text("bios").ifPresent(bios -> firmware(config.key("bios"), bios));
        config.text("firmware").ifPresent(firmware -> firmware(config.key("firmware"), firmware));
        config.text("kernel").filter(text -> !text.isEmpty()).ifPresent(path -> {
            if (path.endsWith("hvmloader")) {
                plan.ignored(config.key("kernel"), "the firmware of HVM guests comes with this host's Xen");
            } else {
                refuseDirectBoot("kernel");
            }
        });
        for (String name : List.of("ramdisk", "cmdline", "root", "extra", "bootloader", "bootloader_args")) {
            if (config.text(name).filter(text -> !text.isEmpty()).isPresent()) {
                refuseDirectBoot(name);
            }
        }
    }

    private void refuseDirectBoot(String name) {
        plan.refused(config.key(name), "jxapi boots HVM guests from their disks, from discs or from the network");
    }

    private void order(ConfigKey key, String order) {
        if (order.matches("[acdn]{1,8}")) {
            plan.bootParam("order", order);
            plan.taken(key, "HVM-boot-params:order=" + order);
        } else {
            plan.refused(key, "\"" + order + "\" is no order of c (disk), d (disc) and n (network)");
        }
    }

    private void firmware(ConfigKey key, String firmware) {
        switch (firmware) {
            case "ovmf", "uefi" -> {
                plan.bootParam("firmware", "uefi");
                plan.translated(key, "HVM-boot-params:firmware=uefi");
            }
            case "seabios", "bios" -> {
                plan.bootParam("firmware", "bios");
                plan.translated(key, "HVM-boot-params:firmware=bios");
            }
            default ->
                plan.refused(
                        key, "jxapi has SeaBIOS and OVMF, but not \"" + firmware + "\"; seabios boots most guests");
        }
    }
}
