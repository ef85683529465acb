package org.jxapi.neighbour.guest;

import java.nio.file.Path;
import org.jxapi.domain.BootFiles;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;

/** The settings of PV and PVH boots that xl and libvirt share. */
final class PvBoot {
    private PvBoot() {}

    static void loader(PlanBuilder plan, ConfigKey key, String program) {
        if (program.equals("pygrub") || program.endsWith("/pygrub")) {
            plan.set("PV_bootloader", "pygrub");
            if (program.equals("pygrub")) {
                plan.taken(key, "PV-bootloader=pygrub");
            } else {
                plan.translated(key, "PV-bootloader=pygrub, the one of this host's Xen");
            }
        } else {
            plan.refused(key, "jxapi runs no boot loader but pygrub, not \"" + program + "\"");
        }
    }

    /** A kernel or ramdisk, which must be in one of a few folders. */
    static void file(PlanBuilder plan, ConfigKey key, String field, String path) {
        plan.set(field, path);
        boolean allowed = path.startsWith("/")
                && path.indexOf('\0') < 0
                && BootFiles.FOLDERS.stream()
                        .anyMatch(folder -> Path.of(path).normalize().startsWith(folder));
        if (allowed) {
            plan.taken(key, field.replace('_', '-') + "=" + path);
        } else {
            plan.refused(
                    key,
                    "jxapi starts guests only with files of " + BootFiles.FOLDERS.get(0) + " and "
                            + BootFiles.FOLDERS.get(1) + "; copy " + path + " there, and set " + field);
        }
    }
}
