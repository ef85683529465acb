package org.jxapi.hypervisor;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A disk or CD drive, {@code libxl_device_disk}. Its key in a domain is {@code vdev}.
 *
 * @param backendDomid domain that serves the device; 0 is dom0
 * @param pdevPath path of the device or file; null for an empty drive
 * @param vdev name in the guest: xvda, hda, sda…
 * @param script hotplug script, or null for the usual one
 */
public record DiskConfig(
        int backendDomid,
        @Nullable String pdevPath,
        String vdev,
        DiskBackend backend,
        DiskFormat format,
        @Nullable String script,
        boolean removable,
        boolean readwrite,
        boolean isCdrom,
        boolean directIoSafe,
        @Nullable Boolean discardEnable)
        implements Device {
    public DiskConfig {
        Objects.requireNonNull(vdev, "vdev");
        backend = backend == null ? DiskBackend.UNKNOWN : backend;
        format = format == null ? DiskFormat.RAW : format;
    }

    /** A read-write disk. */
    public static DiskConfig disk(String pdevPath, String vdev, DiskFormat format) {
        return builder()
                .pdevPath(pdevPath)
                .vdev(vdev)
                .format(format)
                .readwrite(true)
                .build();
    }

    /** A CD drive with the disc image at {@code pdevPath}, or empty when that is null. */
    public static DiskConfig cdrom(@Nullable String pdevPath, String vdev) {
        return builder()
                .pdevPath(pdevPath)
                .vdev(vdev)
                .format(pdevPath == null ? DiskFormat.EMPTY : DiskFormat.RAW)
                .removable(true)
                .isCdrom(true)
                .build();
    }

    /** Returns a builder in which nothing is set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts from this. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.backendDomid = backendDomid;
        b.pdevPath = pdevPath;
        b.vdev = vdev;
        b.backend = backend;
        b.format = format;
        b.script = script;
        b.removable = removable;
        b.readwrite = readwrite;
        b.isCdrom = isCdrom;
        b.directIoSafe = directIoSafe;
        b.discardEnable = discardEnable;
        return b;
    }

    /** Builds {@link DiskConfig}; what is not set is left to libxl. */
    public static final class Builder {
        private int backendDomid;
        private @Nullable String pdevPath;
        private @Nullable String vdev;
        private DiskBackend backend = DiskBackend.UNKNOWN;
        private DiskFormat format = DiskFormat.RAW;
        private @Nullable String script;
        private boolean removable;
        private boolean readwrite;
        private boolean isCdrom;
        private boolean directIoSafe;
        private @Nullable Boolean discardEnable;

        private Builder() {}

        public Builder backendDomid(int backendDomid) {
            this.backendDomid = backendDomid;
            return this;
        }

        public Builder pdevPath(@Nullable String pdevPath) {
            this.pdevPath = pdevPath;
            return this;
        }

        public Builder vdev(String vdev) {
            this.vdev = vdev;
            return this;
        }

        public Builder backend(DiskBackend backend) {
            this.backend = backend;
            return this;
        }

        public Builder format(DiskFormat format) {
            this.format = format;
            return this;
        }

        public Builder script(@Nullable String script) {
            this.script = script;
            return this;
        }

        public Builder removable(boolean removable) {
            this.removable = removable;
            return this;
        }

        public Builder readwrite(boolean readwrite) {
            this.readwrite = readwrite;
            return this;
        }

        public Builder isCdrom(boolean isCdrom) {
            this.isCdrom = isCdrom;
            return this;
        }

        public Builder directIoSafe(boolean directIoSafe) {
            this.directIoSafe = directIoSafe;
            return this;
        }

        public Builder discardEnable(@Nullable Boolean discardEnable) {
            this.discardEnable = discardEnable;
            return this;
        }

        public DiskConfig build() {
            return new DiskConfig(
                    backendDomid,
                    pdevPath,
                    Objects.requireNonNull(vdev, "vdev"),
                    backend,
                    format,
                    script,
                    removable,
                    readwrite,
                    isCdrom,
                    directIoSafe,
                    discardEnable);
        }
    }
}
