package org.jxapi.hypervisor;

import java.util.List;

/**
 * The HVM part of the build info, {@code libxl_domain_build_info.u.hvm}. Null leaves the choice to libxl.
 *
 * @param firmware path of another firmware
 * @param bios firmware
 * @param acpiS3 whether S3 is offered
 * @param acpiS4 whether S4 is offered
 * @param viridian Hyper-V enlightenments
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
        String firmware,
        BiosType bios,
        Boolean pae,
        Boolean acpiS3,
        Boolean acpiS4,
        Boolean nx,
        Boolean viridian,
        String timeoffset,
        Boolean hpet,
        Boolean vptAlign,
        Long mmioHoleMemkb,
        String systemFirmware,
        String smbiosFirmware,
        String acpiFirmware,
        Boolean nographic,
        VgaInterfaceType vga,
        VncInfo vnc,
        String keymap,
        String serial,
        String boot,
        Boolean usb,
        Integer usbversion,
        String usbdevice,
        Boolean xenPlatformPci,
        List<String> serialList,
        VendorDevice vendorDevice,
        String msVmGenid) {
    public HvmInfo {
        serialList = serialList == null ? List.of() : List.copyOf(serialList);
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
        private String firmware;
        private BiosType bios;
        private Boolean pae;
        private Boolean acpiS3;
        private Boolean acpiS4;
        private Boolean nx;
        private Boolean viridian;
        private String timeoffset;
        private Boolean hpet;
        private Boolean vptAlign;
        private Long mmioHoleMemkb;
        private String systemFirmware;
        private String smbiosFirmware;
        private String acpiFirmware;
        private Boolean nographic;
        private VgaInterfaceType vga;
        private VncInfo vnc;
        private String keymap;
        private String serial;
        private String boot;
        private Boolean usb;
        private Integer usbversion;
        private String usbdevice;
        private Boolean xenPlatformPci;
        private List<String> serialList;
        private VendorDevice vendorDevice;
        private String msVmGenid;

        private Builder() {}

        public Builder firmware(String firmware) {
            this.firmware = firmware;
            return this;
        }

        public Builder bios(BiosType bios) {
            this.bios = bios;
            return this;
        }

        public Builder pae(Boolean pae) {
            this.pae = pae;
            return this;
        }

        public Builder acpiS3(Boolean acpiS3) {
            this.acpiS3 = acpiS3;
            return this;
        }

        public Builder acpiS4(Boolean acpiS4) {
            this.acpiS4 = acpiS4;
            return this;
        }

        public Builder nx(Boolean nx) {
            this.nx = nx;
            return this;
        }

        public Builder viridian(Boolean viridian) {
            this.viridian = viridian;
            return this;
        }

        public Builder timeoffset(String timeoffset) {
            this.timeoffset = timeoffset;
            return this;
        }

        public Builder hpet(Boolean hpet) {
            this.hpet = hpet;
            return this;
        }

        public Builder vptAlign(Boolean vptAlign) {
            this.vptAlign = vptAlign;
            return this;
        }

        public Builder mmioHoleMemkb(Long mmioHoleMemkb) {
            this.mmioHoleMemkb = mmioHoleMemkb;
            return this;
        }

        public Builder systemFirmware(String systemFirmware) {
            this.systemFirmware = systemFirmware;
            return this;
        }

        public Builder smbiosFirmware(String smbiosFirmware) {
            this.smbiosFirmware = smbiosFirmware;
            return this;
        }

        public Builder acpiFirmware(String acpiFirmware) {
            this.acpiFirmware = acpiFirmware;
            return this;
        }

        public Builder nographic(Boolean nographic) {
            this.nographic = nographic;
            return this;
        }

        public Builder vga(VgaInterfaceType vga) {
            this.vga = vga;
            return this;
        }

        public Builder vnc(VncInfo vnc) {
            this.vnc = vnc;
            return this;
        }

        public Builder keymap(String keymap) {
            this.keymap = keymap;
            return this;
        }

        public Builder serial(String serial) {
            this.serial = serial;
            return this;
        }

        public Builder boot(String boot) {
            this.boot = boot;
            return this;
        }

        public Builder usb(Boolean usb) {
            this.usb = usb;
            return this;
        }

        public Builder usbversion(Integer usbversion) {
            this.usbversion = usbversion;
            return this;
        }

        public Builder usbdevice(String usbdevice) {
            this.usbdevice = usbdevice;
            return this;
        }

        public Builder xenPlatformPci(Boolean xenPlatformPci) {
            this.xenPlatformPci = xenPlatformPci;
            return this;
        }

        public Builder serialList(List<String> serialList) {
            this.serialList = serialList;
            return this;
        }

        public Builder vendorDevice(VendorDevice vendorDevice) {
            this.vendorDevice = vendorDevice;
            return this;
        }

        public Builder msVmGenid(String msVmGenid) {
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
