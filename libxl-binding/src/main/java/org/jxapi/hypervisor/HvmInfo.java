package org.jxapi.hypervisor;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The HVM part of the build info, {@code libxl_domain_build_info.u.hvm}. Null leaves the choice to libxl.
 *
 * @param firmware path of another firmware
 * @param bios firmware
 * @param acpiS3 whether S3 is offered
 * @param acpiS4 whether S4 is offered
 * @param viridian Hyper-V enlightenments
 * @param viridianEnable groups of them in addition to libxl's own choice, as numbers of {@code libxl_viridian_enlightenment}
 * @param viridianDisable groups of libxl's own choice that the guest does not get
 * @param timeoffset seconds between UTC and the guest's clock
 * @param mmioHoleMemkb KiB
 * @param systemFirmware path of a firmware image
 * @param smbiosFirmware path
 * @param acpiFirmware path
 * @param vga graphics card
 * @param vnc VNC server
 * @param serial where the serial port goes, such as {@code pty}
 * @param boot boot order: c disk, d CD, n network
 * @param usbdevice such as {@code tablet}
 * @param xenPlatformPci whether the PV platform device is offered
 * @param serialList more serial ports
 * @param vendorDevice PCI device by which Windows finds its drivers
 * @param msVmGenid generation id as a UUID
 */
public record HvmInfo(
        @Nullable String firmware,
        @Nullable BiosType bios,
        @Nullable Boolean pae,
        @Nullable Boolean acpiS3,
        @Nullable Boolean acpiS4,
        @Nullable Boolean nx,
        @Nullable Boolean viridian,
        @Nullable Set<Integer> viridianEnable,
        @Nullable Set<Integer> viridianDisable,
        @Nullable String timeoffset,
        @Nullable Boolean hpet,
        @Nullable Boolean vptAlign,
        @Nullable Long mmioHoleMemkb,
        @Nullable String systemFirmware,
        @Nullable String smbiosFirmware,
        @Nullable String acpiFirmware,
        @Nullable Boolean nographic,
        @Nullable VgaInterfaceType vga,
        @Nullable VncInfo vnc,
        @Nullable String keymap,
        @Nullable String serial,
        @Nullable String boot,
        @Nullable Boolean usb,
        @Nullable Integer usbversion,
        @Nullable String usbdevice,
        @Nullable Boolean xenPlatformPci,
        List<String> serialList,
        @Nullable VendorDevice vendorDevice,
        @Nullable String msVmGenid) {
    public HvmInfo {
        serialList = serialList == null ? List.of() : List.copyOf(serialList);
        viridianEnable = viridianEnable == null ? null : Set.copyOf(viridianEnable);
        viridianDisable = viridianDisable == null ? null : Set.copyOf(viridianDisable);
    }

    /** Returns a builder in which nothing is set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts from this. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.firmware = firmware;
        b.bios = bios;
        b.pae = pae;
        b.acpiS3 = acpiS3;
        b.acpiS4 = acpiS4;
        b.nx = nx;
        b.viridian = viridian;
        b.viridianEnable = viridianEnable;
        b.viridianDisable = viridianDisable;
        b.timeoffset = timeoffset;
        b.hpet = hpet;
        b.vptAlign = vptAlign;
        b.mmioHoleMemkb = mmioHoleMemkb;
        b.systemFirmware = systemFirmware;
        b.smbiosFirmware = smbiosFirmware;
        b.acpiFirmware = acpiFirmware;
        b.nographic = nographic;
        b.vga = vga;
        b.vnc = vnc;
        b.keymap = keymap;
        b.serial = serial;
        b.boot = boot;
        b.usb = usb;
        b.usbversion = usbversion;
        b.usbdevice = usbdevice;
        b.xenPlatformPci = xenPlatformPci;
        b.serialList = serialList;
        b.vendorDevice = vendorDevice;
        b.msVmGenid = msVmGenid;
        return b;
    }

    /** Builds {@link HvmInfo}; what is not set is left to libxl. */
    public static final class Builder {
        private @Nullable String firmware;
        private @Nullable BiosType bios;
        private @Nullable Boolean pae;
        private @Nullable Boolean acpiS3;
        private @Nullable Boolean acpiS4;
        private @Nullable Boolean nx;
        private @Nullable Boolean viridian;
        private @Nullable Set<Integer> viridianEnable;
        private @Nullable Set<Integer> viridianDisable;
        private @Nullable String timeoffset;
        private @Nullable Boolean hpet;
        private @Nullable Boolean vptAlign;
        private @Nullable Long mmioHoleMemkb;
        private @Nullable String systemFirmware;
        private @Nullable String smbiosFirmware;
        private @Nullable String acpiFirmware;
        private @Nullable Boolean nographic;
        private @Nullable VgaInterfaceType vga;
        private @Nullable VncInfo vnc;
        private @Nullable String keymap;
        private @Nullable String serial;
        private @Nullable String boot;
        private @Nullable Boolean usb;
        private @Nullable Integer usbversion;
        private @Nullable String usbdevice;
        private @Nullable Boolean xenPlatformPci;
        private List<String> serialList = List.of();
        private @Nullable VendorDevice vendorDevice;
        private @Nullable String msVmGenid;

        private Builder() {}

        public Builder firmware(@Nullable String firmware) {
            this.firmware = firmware;
            return this;
        }

        public Builder bios(@Nullable BiosType bios) {
            this.bios = bios;
            return this;
        }

        public Builder pae(@Nullable Boolean pae) {
            this.pae = pae;
            return this;
        }

        public Builder acpiS3(@Nullable Boolean acpiS3) {
            this.acpiS3 = acpiS3;
            return this;
        }

        public Builder acpiS4(@Nullable Boolean acpiS4) {
            this.acpiS4 = acpiS4;
            return this;
        }

        public Builder nx(@Nullable Boolean nx) {
            this.nx = nx;
            return this;
        }

        public Builder viridian(@Nullable Boolean viridian) {
            this.viridian = viridian;
            return this;
        }

        public Builder viridianEnable(@Nullable Set<Integer> viridianEnable) {
            this.viridianEnable = viridianEnable;
            return this;
        }

        public Builder viridianDisable(@Nullable Set<Integer> viridianDisable) {
            this.viridianDisable = viridianDisable;
            return this;
        }

        public Builder timeoffset(@Nullable String timeoffset) {
            this.timeoffset = timeoffset;
            return this;
        }

        public Builder hpet(@Nullable Boolean hpet) {
            this.hpet = hpet;
            return this;
        }

        public Builder vptAlign(@Nullable Boolean vptAlign) {
            this.vptAlign = vptAlign;
            return this;
        }

        public Builder mmioHoleMemkb(@Nullable Long mmioHoleMemkb) {
            this.mmioHoleMemkb = mmioHoleMemkb;
            return this;
        }

        public Builder systemFirmware(@Nullable String systemFirmware) {
            this.systemFirmware = systemFirmware;
            return this;
        }

        public Builder smbiosFirmware(@Nullable String smbiosFirmware) {
            this.smbiosFirmware = smbiosFirmware;
            return this;
        }

        public Builder acpiFirmware(@Nullable String acpiFirmware) {
            this.acpiFirmware = acpiFirmware;
            return this;
        }

        public Builder nographic(@Nullable Boolean nographic) {
            this.nographic = nographic;
            return this;
        }

        public Builder vga(@Nullable VgaInterfaceType vga) {
            this.vga = vga;
            return this;
        }

        public Builder vnc(@Nullable VncInfo vnc) {
            this.vnc = vnc;
            return this;
        }

        public Builder keymap(@Nullable String keymap) {
            this.keymap = keymap;
            return this;
        }

        public Builder serial(@Nullable String serial) {
            this.serial = serial;
            return this;
        }

        public Builder boot(@Nullable String boot) {
            this.boot = boot;
            return this;
        }

        public Builder usb(@Nullable Boolean usb) {
            this.usb = usb;
            return this;
        }

        public Builder usbversion(@Nullable Integer usbversion) {
            this.usbversion = usbversion;
            return this;
        }

        public Builder usbdevice(@Nullable String usbdevice) {
            this.usbdevice = usbdevice;
            return this;
        }

        public Builder xenPlatformPci(@Nullable Boolean xenPlatformPci) {
            this.xenPlatformPci = xenPlatformPci;
            return this;
        }

        public Builder serialList(List<String> serialList) {
            this.serialList = serialList;
            return this;
        }

        public Builder vendorDevice(@Nullable VendorDevice vendorDevice) {
            this.vendorDevice = vendorDevice;
            return this;
        }

        public Builder msVmGenid(@Nullable String msVmGenid) {
            this.msVmGenid = msVmGenid;
            return this;
        }

        public HvmInfo build() {
            return new HvmInfo(
                    firmware,
                    bios,
                    pae,
                    acpiS3,
                    acpiS4,
                    nx,
                    viridian,
                    viridianEnable,
                    viridianDisable,
                    timeoffset,
                    hpet,
                    vptAlign,
                    mmioHoleMemkb,
                    systemFirmware,
                    smbiosFirmware,
                    acpiFirmware,
                    nographic,
                    vga,
                    vnc,
                    keymap,
                    serial,
                    boot,
                    usb,
                    usbversion,
                    usbdevice,
                    xenPlatformPci,
                    serialList,
                    vendorDevice,
                    msVmGenid);
        }
    }
}
