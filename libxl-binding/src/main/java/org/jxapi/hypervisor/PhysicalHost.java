package org.jxapi.hypervisor;

import java.util.List;

/** The host itself. */
public interface PhysicalHost {
    PhysInfo physInfo();

    VersionInfo version();

    List<CpuTopology> cpuTopology();

    List<PciTopology> pciTopology();

    List<NumaInfo> numaInfo();

    /** Returns the hypervisor's own console log, oldest line first. */
    List<String> consoleLog();

    /** Presses debug keys on the hypervisor's console. */
    void debugKeys(String keys);

    /** Sets hypervisor parameters, in the syntax of its command line. */
    void setParameters(String parameters);
}
