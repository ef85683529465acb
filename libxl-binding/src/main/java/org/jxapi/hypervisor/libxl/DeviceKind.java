package org.jxapi.hypervisor.libxl;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.ChannelConfig;
import org.jxapi.hypervisor.Device;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.P9Config;
import org.jxapi.hypervisor.PciConfig;
import org.jxapi.hypervisor.UsbControllerConfig;
import org.jxapi.hypervisor.UsbDeviceConfig;
import org.jxapi.hypervisor.VfbConfig;
import org.jxapi.hypervisor.VkbConfig;
import org.jxapi.hypervisor.VtpmConfig;

/** The kinds of devices: their structures, and the keys that identify a device of a domain. */
enum DeviceKind {
    DISK(DiskConfig.class, StructType.DEVICE_DISK, StructType.DISKINFO, DiskConfig::vdev),
    NIC(NicConfig.class, StructType.DEVICE_NIC, StructType.NICINFO, NicConfig::devid),
    PCI(PciConfig.class, StructType.DEVICE_PCI, null, PciConfig::bdf),
    VFB(VfbConfig.class, StructType.DEVICE_VFB, null, VfbConfig::devid),
    VKB(VkbConfig.class, StructType.DEVICE_VKB, StructType.VKBINFO, VkbConfig::devid),
    VTPM(VtpmConfig.class, StructType.DEVICE_VTPM, StructType.VTPMINFO, VtpmConfig::devid),
    P9(P9Config.class, StructType.DEVICE_P9, null, P9Config::tag),
    CHANNEL(ChannelConfig.class, StructType.DEVICE_CHANNEL, StructType.CHANNELINFO, ChannelConfig::name),
    USBCTRL(UsbControllerConfig.class, StructType.DEVICE_USBCTRL, StructType.USBCTRLINFO, UsbControllerConfig::devid),
    USBDEV(UsbDeviceConfig.class, StructType.DEVICE_USBDEV, null, d -> d.hostbus() + "." + d.hostaddr());

    private final Class<? extends Device> record;
    private final StructType struct;
    private final @Nullable StructType info;
    private final Function<Device, @Nullable Object> key;

    <D extends Device> DeviceKind(
            Class<D> record, StructType struct, @Nullable StructType info, Function<D, @Nullable Object> key) {
        this.record = record;
        this.struct = struct;
        this.info = info;
        this.key = device -> key.apply(record.cast(device));
    }

    static DeviceKind of(Class<? extends Device> record) {
        for (DeviceKind kind : values()) {
            if (kind.record == record) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no device: " + record);
    }

    StructType struct() {
        return struct;
    }

    /** Returns the structure for the connection of such a device, or null if libxl has none. */
    @Nullable
    StructType info() {
        return info;
    }

    Class<? extends Device> record() {
        return record;
    }

    /** Returns what identifies a device in its domain; null when libxl is to choose it. */
    @Nullable
    Object key(Device device) {
        return key.apply(device);
    }

    /** Returns the start of the functions' names, as {@code device_disk}. */
    String prefix() {
        return struct.name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Returns the devices of this kind in a configuration. */
    java.util.List<? extends Device> in(DomainConfig config) {
        return switch (this) {
            case DISK -> config.disks();
            case NIC -> config.nics();
            case PCI -> config.pcidevs();
            case VFB -> config.vfbs();
            case VKB -> config.vkbs();
            case VTPM -> config.vtpms();
            case P9 -> config.p9s();
            case CHANNEL -> config.channels();
            case USBCTRL -> config.usbctrls();
            case USBDEV -> config.usbdevs();
        };
    }
}
