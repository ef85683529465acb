package org.jxapi.hypervisor.libxl;

/** The structures of libxl in use; {@code DEVICE_DISK} is {@code libxl_device_disk}. */
enum StructType {
    CHANNELINFO,
    CPUPOOLINFO,
    CPUTOPOLOGY,
    DEVICE_CHANNEL,
    DEVICE_DISK,
    DEVICE_NIC,
    DEVICE_P9,
    DEVICE_PCI,
    DEVICE_USBCTRL,
    DEVICE_USBDEV,
    DEVICE_VFB,
    DEVICE_VKB,
    DEVICE_VTPM,
    DISKINFO,
    DOMAIN_CONFIG,
    DOMAIN_RESTORE_PARAMS,
    DOMAIN_SCHED_PARAMS,
    DOMINFO,
    EVENT,
    NICINFO,
    NUMAINFO,
    PCITOPOLOGY,
    PHYSINFO,
    USBCTRLINFO,
    VCPU_SCHED_PARAMS,
    VCPUINFO,
    VERSION_INFO,
    VKBINFO,
    VTPMINFO
}
