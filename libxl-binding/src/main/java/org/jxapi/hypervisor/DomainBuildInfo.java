package org.jxapi.hypervisor;

import java.util.List;
import java.util.Set;

/**
 * The build information of a domain, {@code libxl_domain_build_info}. Sizes are KiB. Null leaves the choice to libxl.
 *
 * @param maxVcpus virtual CPUs it can ever have
 * @param availVcpus virtual CPUs online at start; null is all
 * @param cpumap host CPUs it may run on; null is all
 * @param nodemap NUMA nodes; null is all
 * @param vcpuHardAffinity host CPUs of each virtual CPU
 * @param vcpuSoftAffinity preferred host CPUs of each virtual CPU
 * @param numaPlacement whether libxl places it on nodes
 * @param maxMemkb memory it can balloon up to
 * @param targetMemkb memory it starts with
 * @param videoMemkb video memory
 * @param shadowMemkb memory for shadow or HAP tables
 * @param rtcTimeoffset seconds
 * @param cpuid CPUID policy, one setting each, in the syntax of libxl_cpuid_parse_config
 * @param blkdevStart first name of automatic disks
 * @param deviceModel path of another device model
 * @param extra device model arguments
 * @param claimMode whether memory is claimed before it is built
 * @param eventChannels limit
 * @param kernel path of the kernel, or of the firmware loader
 * @param cmdline kernel command line
 * @param ramdisk path of the initial ramdisk
 * @param bootloader program that finds the kernel, such as {@code pygrub}
 * @param hvm for HVM domains
 * @param pv for PV domains
 * @param pvh for PVH domains
 */
public record DomainBuildInfo(
        Integer maxVcpus,
        Set<Integer> availVcpus,
        Set<Integer> cpumap,
        Set<Integer> nodemap,
        List<Set<Integer>> vcpuHardAffinity,
        List<Set<Integer>> vcpuSoftAffinity,
        Boolean numaPlacement,
        TscMode tscMode,
        Long maxMemkb,
        Long targetMemkb,
        Long videoMemkb,
        Long shadowMemkb,
        Integer rtcTimeoffset,
        Boolean localtime,
        Boolean disableMigrate,
        List<String> cpuid,
        String blkdevStart,
        Integer maxGrantFrames,
        Integer maxMaptrackFrames,
        Integer maxGrantVersion,
        Boolean deviceModelStubdomain,
        String deviceModel,
        String deviceModelUser,
        List<String> extra,
        List<String> extraPv,
        List<String> extraHvm,
        DomainSchedParams schedParams,
        Boolean claimMode,
        Integer eventChannels,
        String kernel,
        String cmdline,
        String ramdisk,
        Boolean acpi,
        String bootloader,
        List<String> bootloaderArgs,
        Boolean bootloaderRestrict,
        String bootloaderUser,
        Boolean nestedHvm,
        Boolean apic,
        Boolean dmRestrict,
        HvmInfo hvm,
        PvInfo pv,
        PvhInfo pvh) {
    public DomainBuildInfo {
        availVcpus = availVcpus == null ? null : Set.copyOf(availVcpus);
        cpumap = cpumap == null ? null : Set.copyOf(cpumap);
        nodemap = nodemap == null ? null : Set.copyOf(nodemap);
        vcpuHardAffinity = vcpuHardAffinity == null ? List.of() : List.copyOf(vcpuHardAffinity);
        vcpuSoftAffinity = vcpuSoftAffinity == null ? List.of() : List.copyOf(vcpuSoftAffinity);
        cpuid = cpuid == null ? List.of() : List.copyOf(cpuid);
        extra = extra == null ? List.of() : List.copyOf(extra);
        extraPv = extraPv == null ? List.of() : List.copyOf(extraPv);
        extraHvm = extraHvm == null ? List.of() : List.copyOf(extraHvm);
        bootloaderArgs = bootloaderArgs == null ? List.of() : List.copyOf(bootloaderArgs);
    }

    /** Returns a builder in which nothing is set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts from this. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.maxVcpus = maxVcpus;
        b.availVcpus = availVcpus;
        b.cpumap = cpumap;
        b.nodemap = nodemap;
        b.vcpuHardAffinity = vcpuHardAffinity;
        b.vcpuSoftAffinity = vcpuSoftAffinity;
        b.numaPlacement = numaPlacement;
        b.tscMode = tscMode;
        b.maxMemkb = maxMemkb;
        b.targetMemkb = targetMemkb;
        b.videoMemkb = videoMemkb;
        b.shadowMemkb = shadowMemkb;
        b.rtcTimeoffset = rtcTimeoffset;
        b.localtime = localtime;
        b.disableMigrate = disableMigrate;
        b.cpuid = cpuid;
        b.blkdevStart = blkdevStart;
        b.maxGrantFrames = maxGrantFrames;
        b.maxMaptrackFrames = maxMaptrackFrames;
        b.maxGrantVersion = maxGrantVersion;
        b.deviceModelStubdomain = deviceModelStubdomain;
        b.deviceModel = deviceModel;
        b.deviceModelUser = deviceModelUser;
        b.extra = extra;
        b.extraPv = extraPv;
        b.extraHvm = extraHvm;
        b.schedParams = schedParams;
        b.claimMode = claimMode;
        b.eventChannels = eventChannels;
        b.kernel = kernel;
        b.cmdline = cmdline;
        b.ramdisk = ramdisk;
        b.acpi = acpi;
        b.bootloader = bootloader;
        b.bootloaderArgs = bootloaderArgs;
        b.bootloaderRestrict = bootloaderRestrict;
        b.bootloaderUser = bootloaderUser;
        b.nestedHvm = nestedHvm;
        b.apic = apic;
        b.dmRestrict = dmRestrict;
        b.hvm = hvm;
        b.pv = pv;
        b.pvh = pvh;
        return b;
    }

    /** Builds {@link DomainBuildInfo}; what is not set is left to libxl. */
    public static final class Builder {
        private Integer maxVcpus;
        private Set<Integer> availVcpus;
        private Set<Integer> cpumap;
        private Set<Integer> nodemap;
        private List<Set<Integer>> vcpuHardAffinity;
        private List<Set<Integer>> vcpuSoftAffinity;
        private Boolean numaPlacement;
        private TscMode tscMode;
        private Long maxMemkb;
        private Long targetMemkb;
        private Long videoMemkb;
        private Long shadowMemkb;
        private Integer rtcTimeoffset;
        private Boolean localtime;
        private Boolean disableMigrate;
        private List<String> cpuid;
        private String blkdevStart;
        private Integer maxGrantFrames;
        private Integer maxMaptrackFrames;
        private Integer maxGrantVersion;
        private Boolean deviceModelStubdomain;
        private String deviceModel;
        private String deviceModelUser;
        private List<String> extra;
        private List<String> extraPv;
        private List<String> extraHvm;
        private DomainSchedParams schedParams;
        private Boolean claimMode;
        private Integer eventChannels;
        private String kernel;
        private String cmdline;
        private String ramdisk;
        private Boolean acpi;
        private String bootloader;
        private List<String> bootloaderArgs;
        private Boolean bootloaderRestrict;
        private String bootloaderUser;
        private Boolean nestedHvm;
        private Boolean apic;
        private Boolean dmRestrict;
        private HvmInfo hvm;
        private PvInfo pv;
        private PvhInfo pvh;

        private Builder() {}

        public Builder maxVcpus(Integer maxVcpus) {
            this.maxVcpus = maxVcpus;
            return this;
        }

        public Builder availVcpus(Set<Integer> availVcpus) {
            this.availVcpus = availVcpus;
            return this;
        }

        public Builder cpumap(Set<Integer> cpumap) {
            this.cpumap = cpumap;
            return this;
        }

        public Builder nodemap(Set<Integer> nodemap) {
            this.nodemap = nodemap;
            return this;
        }

        public Builder vcpuHardAffinity(List<Set<Integer>> vcpuHardAffinity) {
            this.vcpuHardAffinity = vcpuHardAffinity;
            return this;
        }

        public Builder vcpuSoftAffinity(List<Set<Integer>> vcpuSoftAffinity) {
            this.vcpuSoftAffinity = vcpuSoftAffinity;
            return this;
        }

        public Builder numaPlacement(Boolean numaPlacement) {
            this.numaPlacement = numaPlacement;
            return this;
        }

        public Builder tscMode(TscMode tscMode) {
            this.tscMode = tscMode;
            return this;
        }

        public Builder maxMemkb(Long maxMemkb) {
            this.maxMemkb = maxMemkb;
            return this;
        }

        public Builder targetMemkb(Long targetMemkb) {
            this.targetMemkb = targetMemkb;
            return this;
        }

        public Builder videoMemkb(Long videoMemkb) {
            this.videoMemkb = videoMemkb;
            return this;
        }

        public Builder shadowMemkb(Long shadowMemkb) {
            this.shadowMemkb = shadowMemkb;
            return this;
        }

        public Builder rtcTimeoffset(Integer rtcTimeoffset) {
            this.rtcTimeoffset = rtcTimeoffset;
            return this;
        }

        public Builder localtime(Boolean localtime) {
            this.localtime = localtime;
            return this;
        }

        public Builder disableMigrate(Boolean disableMigrate) {
            this.disableMigrate = disableMigrate;
            return this;
        }

        public Builder cpuid(List<String> cpuid) {
            this.cpuid = cpuid;
            return this;
        }

        public Builder blkdevStart(String blkdevStart) {
            this.blkdevStart = blkdevStart;
            return this;
        }

        public Builder maxGrantFrames(Integer maxGrantFrames) {
            this.maxGrantFrames = maxGrantFrames;
            return this;
        }

        public Builder maxMaptrackFrames(Integer maxMaptrackFrames) {
            this.maxMaptrackFrames = maxMaptrackFrames;
            return this;
        }

        public Builder maxGrantVersion(Integer maxGrantVersion) {
            this.maxGrantVersion = maxGrantVersion;
            return this;
        }

        public Builder deviceModelStubdomain(Boolean deviceModelStubdomain) {
            this.deviceModelStubdomain = deviceModelStubdomain;
            return this;
        }

        public Builder deviceModel(String deviceModel) {
            this.deviceModel = deviceModel;
            return this;
        }

        public Builder deviceModelUser(String deviceModelUser) {
            this.deviceModelUser = deviceModelUser;
            return this;
        }

        public Builder extra(List<String> extra) {
            this.extra = extra;
            return this;
        }

        public Builder extraPv(List<String> extraPv) {
            this.extraPv = extraPv;
            return this;
        }

        public Builder extraHvm(List<String> extraHvm) {
            this.extraHvm = extraHvm;
            return this;
        }

        public Builder schedParams(DomainSchedParams schedParams) {
            this.schedParams = schedParams;
            return this;
        }

        public Builder claimMode(Boolean claimMode) {
            this.claimMode = claimMode;
            return this;
        }

        public Builder eventChannels(Integer eventChannels) {
            this.eventChannels = eventChannels;
            return this;
        }

        public Builder kernel(String kernel) {
            this.kernel = kernel;
            return this;
        }

        public Builder cmdline(String cmdline) {
            this.cmdline = cmdline;
            return this;
        }

        public Builder ramdisk(String ramdisk) {
            this.ramdisk = ramdisk;
            return this;
        }

        public Builder acpi(Boolean acpi) {
            this.acpi = acpi;
            return this;
        }

        public Builder bootloader(String bootloader) {
            this.bootloader = bootloader;
            return this;
        }

        public Builder bootloaderArgs(List<String> bootloaderArgs) {
            this.bootloaderArgs = bootloaderArgs;
            return this;
        }

        public Builder bootloaderRestrict(Boolean bootloaderRestrict) {
            this.bootloaderRestrict = bootloaderRestrict;
            return this;
        }

        public Builder bootloaderUser(String bootloaderUser) {
            this.bootloaderUser = bootloaderUser;
            return this;
        }

        public Builder nestedHvm(Boolean nestedHvm) {
            this.nestedHvm = nestedHvm;
            return this;
        }

        public Builder apic(Boolean apic) {
            this.apic = apic;
            return this;
        }

        public Builder dmRestrict(Boolean dmRestrict) {
            this.dmRestrict = dmRestrict;
            return this;
        }

        public Builder hvm(HvmInfo hvm) {
            this.hvm = hvm;
            return this;
        }

        public Builder pv(PvInfo pv) {
            this.pv = pv;
            return this;
        }

        public Builder pvh(PvhInfo pvh) {
            this.pvh = pvh;
            return this;
        }

        public DomainBuildInfo build() {
            return new DomainBuildInfo(
                    maxVcpus,
                    availVcpus,
                    cpumap,
                    nodemap,
                    vcpuHardAffinity,
                    vcpuSoftAffinity,
                    numaPlacement,
                    tscMode,
                    maxMemkb,
                    targetMemkb,
                    videoMemkb,
                    shadowMemkb,
                    rtcTimeoffset,
                    localtime,
                    disableMigrate,
                    cpuid,
                    blkdevStart,
                    maxGrantFrames,
                    maxMaptrackFrames,
                    maxGrantVersion,
                    deviceModelStubdomain,
                    deviceModel,
                    deviceModelUser,
                    extra,
                    extraPv,
                    extraHvm,
                    schedParams,
                    claimMode,
                    eventChannels,
                    kernel,
                    cmdline,
                    ramdisk,
                    acpi,
                    bootloader,
                    bootloaderArgs,
                    bootloaderRestrict,
                    bootloaderUser,
                    nestedHvm,
                    apic,
                    dmRestrict,
                    hvm,
                    pv,
                    pvh);
        }
    }
}
