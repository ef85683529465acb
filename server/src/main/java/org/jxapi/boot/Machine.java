package org.jxapi.boot;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The facts about the machine that the control domain's kernel knows and the hypervisor does not. */
public interface Machine {
    String hostname();

    /** Kernel release of the control domain. */
    String kernelRelease();

    /** When the control domain booted. */
    Instant bootTime();

    HostFacts.CpuModel cpuModel();

    /** Firmware and hardware identity, under the keys of {@code host.bios_strings}. */
    Map<String, String> biosStrings();

    /** Physical network interfaces, by rising name. */
    List<HostFacts.Nic> nics();

    /** Its PCI devices, by rising address. */
    List<PciDevice> pciDevices();

    /** Bridges that the host has, with or without an interface in them, by rising name. */
    List<HostFacts.Bridge> bridges();
}
