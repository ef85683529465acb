package org.jxapi.neighbour.guest;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A disk or drive that a VM is to get.
 *
 * @param path of the image or device on the host; null for an empty drive
 * @param device the name or number of its place, as {@code VBD.userdevice}
 * @param key of its setting, and {@code line} where that is, for the report
 */
public record PlannedDisk(
        @Nullable String path,
        Kind kind,
        String device,
        boolean disc,
        boolean readOnly,
        boolean bootable,
        String key,
        int line) {
    /** The same disk, which is booted from or not. */
    PlannedDisk bootable(boolean boots) {
        return new PlannedDisk(path, kind, device, disc, readOnly, boots, key, line);
    }

    /** The format of an image, or a device. */
    public enum Kind {
        RAW,
        QCOW2,
        VHD,
        DEVICE;

        /** The kind that xl and libvirt call so; nothing for one that jxapi cannot read. */
        static Optional<Kind> of(String format) {
            return switch (format) {
                case "", "raw", "aio" -> Optional.of(RAW);
                case "qcow2" -> Optional.of(QCOW2);
                case "vhd", "vpc" -> Optional.of(VHD);
                default -> Optional.empty();
            };
        }
    }
}
