package org.jxapi.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * A passed-through PCI device, {@code libxl_device_pci}. Its key is the address.
 *
 * @param domain PCI segment
 * @param vdevfn slot in the guest; 0 lets libxl choose
 * @param seize whether to take it from its host driver
 */
public record PciConfig(
        int domain,
        int bus,
        int dev,
        int func,
        int vdevfn,
        int vfuncMask,
        boolean msitranslate,
        boolean powerMgmt,
        boolean permissive,
        boolean seize,
        RdmReservePolicy rdmPolicy,
        @Nullable String name)
        implements Device {
    public PciConfig {
        rdmPolicy = rdmPolicy == null ? RdmReservePolicy.INVALID : rdmPolicy;
    }

    /** The device at an address, with libxl's defaults. */
    public static PciConfig at(int domain, int bus, int dev, int func) {
        return new PciConfig(domain, bus, dev, func, 0, 0, false, false, false, false, RdmReservePolicy.INVALID, null);
    }

    /** The same device, whose MSIs are interrupts of its slot in the guest, or not. */
    public PciConfig translatingMsi(boolean translate) {
        return new PciConfig(
                domain, bus, dev, func, vdevfn, vfuncMask, translate, powerMgmt, permissive, seize, rdmPolicy, name);
    }

    /** Returns the address as {@code 0000:00:00.0}. */
    public String bdf() {
        return String.format("%04x:%02x:%02x.%x", domain, bus, dev, func);
    }
}
