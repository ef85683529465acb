package org.jxapi.hypervisor;

/** A device of a domain, as it is configured. */
public sealed interface Device
        permits DiskConfig,
                NicConfig,
                PciConfig,
                VfbConfig,
                VkbConfig,
                VtpmConfig,
                P9Config,
                ChannelConfig,
                UsbControllerConfig,
                UsbDeviceConfig {}
