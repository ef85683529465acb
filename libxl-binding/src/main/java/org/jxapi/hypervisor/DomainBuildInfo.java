package org.jxapi.hypervisor;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
        @Nullable Integer maxVcpus,
        @Nullable Set<Integer> availVcpus,
        @Nullable Set<Integer> cpumap,
        @Nullable Set<Integer> nodemap,
        List<Set<Integer>> vcpuHardAffinity,
        List<Set<Integer>> vcpuSoftAffinity,
        @Nullable Boolean numaPlacement,
        @Nullable TscMode tscMode,
        @Nullable Long maxMemkb,
        @Nullable Long targetMemkb,
        @Nullable Long videoMemkb,
        @Nullable Long shadowMemkb,
        @Nullable Integer rtcTimeoffset,
        @Nullable Boolean localtime,
        @Nullable Boolean disableMigrate,
        List<String> cpuid,
        @Nullable String blkdevStart,
        @Nullable Integer maxGrantFrames,
        @Nullable Integer maxMaptrackFrames,
        @Nullable Integer maxGrantVersion,
        @Nullable Boolean deviceModelStubdomain,
        @Nullable String deviceModel,
        @Nullable String deviceModelUser,
        List<String> extra,
        List<String> extraPv,
        List<String> extraHvm,
        @Nullable DomainSchedParams schedParams,
        @Nullable Boolean claimMode,
        @Nullable Integer eventChannels,
        @Nullable String kernel,
        @Nullable String cmdline,
        @Nullable String ramdisk,
        @Nullable Boolean acpi,
        @Nullable String bootloader,
        List<String> bootloaderArgs,
        @Nullable Boolean bootloaderRestrict,
        @Nullable String bootloaderUser,
        @Nullable Boolean nestedHvm,
        @Nullable Boolean apic,
        @Nullable Boolean dmRestrict,
        @Nullable HvmInfo hvm,
        @Nullable PvInfo pv,
        @Nullable PvhInfo pvh) {
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
        private @Nullable Integer maxVcpus;
        private @Nullable Set<Integer> availVcpus;
        private @Nullable Set<Integer> cpumap;
        private @Nullable Set<Integer> nodemap;
        private List<Set<Integer>> vcpuHardAffinity = List.of();
        private List<Set<Integer>> vcpuSoftAffinity = List.of();
        private @Nullable Boolean numaPlacement;
        private @Nullable TscMode tscMode;
        private @Nullable Long maxMemkb;
        private @Nullable Long targetMemkb;
        private @Nullable Long videoMemkb;
        private @Nullable Long shadowMemkb;
        private @Nullable Integer rtcTimeoffset;
        private @Nullable Boolean localtime;
        private @Nullable Boolean disableMigrate;
        private List<String> cpuid = List.of();
        private @Nullable String blkdevStart;
        private @Nullable Integer maxGrantFrames;
        private @Nullable Integer maxMaptrackFrames;
        private @Nullable Integer maxGrantVersion;
        private @Nullable Boolean deviceModelStubdomain;
        private @Nullable String deviceModel;
        private @Nullable String deviceModelUser;
        private List<String> extra = List.of();
        private List<String> extraPv = List.of();
        private List<String> extraHvm = List.of();
        private @Nullable DomainSchedParams schedParams;
        private @Nullable Boolean claimMode;
        private @Nullable Integer eventChannels;
        private @Nullable String kernel;
        private @Nullable String cmdline;
        private @Nullable String ramdisk;
        private @Nullable Boolean acpi;
        private @Nullable String bootloader;
        private List<String> bootloaderArgs = List.of();
        private @Nullable Boolean bootloaderRestrict;
        private @Nullable String bootloaderUser;
        private @Nullable Boolean nestedHvm;
        private @Nullable Boolean apic;
        private @Nullable Boolean dmRestrict;
        private @Nullable HvmInfo hvm;
        private @Nullable PvInfo pv;
        private @Nullable PvhInfo pvh;

        private Builder() {}

        public Builder maxVcpus(@Nullable Integer maxVcpus) {
            this.maxVcpus = maxVcpus;
            return this;
        }

        public Builder availVcpus(@Nullable Set<Integer> availVcpus) {
            this.availVcpus = availVcpus;
            return this;
        }

        public Builder cpumap(@Nullable Set<Integer> cpumap) {
            this.cpumap = cpumap;
            return this;
        }

        public Builder nodemap(@Nullable Set<Integer> nodemap) {
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

        public Builder numaPlacement(@Nullable Boolean numaPlacement) {
            this.numaPlacement = numaPlacement;
            return this;
        }

        public Builder tscMode(@Nullable TscMode tscMode) {
            this.tscMode = tscMode;
            return this;
        }

        public Builder maxMemkb(@Nullable Long maxMemkb) {
            this.maxMemkb = maxMemkb;
            return this;
        }

        public Builder targetMemkb(@Nullable Long targetMemkb) {
            this.targetMemkb = targetMemkb;
            return this;
        }

        public Builder videoMemkb(@Nullable Long videoMemkb) {
            this.videoMemkb = videoMemkb;
            return this;
        }

        public Builder shadowMemkb(@Nullable Long shadowMemkb) {
            this.shadowMemkb = shadowMemkb;
            return this;
        }

        public Builder rtcTimeoffset(@Nullable Integer rtcTimeoffset) {
            this.rtcTimeoffset = rtcTimeoffset;
            return this;
        }

        public Builder localtime(@Nullable Boolean localtime) {
            this.localtime = localtime;
            return this;
        }

        public Builder disableMigrate(@Nullable Boolean disableMigrate) {
            this.disableMigrate = disableMigrate;
            return this;
        }

        public Builder cpuid(List<String> cpuid) {
            this.cpuid = cpuid;
            return this;
        }

        public Builder blkdevStart(@Nullable String blkdevStart) {
            this.blkdevStart = blkdevStart;
            return this;
        }

        public Builder maxGrantFrames(@Nullable Integer maxGrantFrames) {
            this.maxGrantFrames = maxGrantFrames;
            return this;
        }

        public Builder maxMaptrackFrames(@Nullable Integer maxMaptrackFrames) {
            this.maxMaptrackFrames = maxMaptrackFrames;
            return this;
        }

        public Builder maxGrantVersion(@Nullable Integer maxGrantVersion) {
            this.maxGrantVersion = maxGrantVersion;
            return this;
        }

        public Builder deviceModelStubdomain(@Nullable Boolean deviceModelStubdomain) {
            this.deviceModelStubdomain = deviceModelStubdomain;
            return this;
        }

        public Builder deviceModel(@Nullable String deviceModel) {
            this.deviceModel = deviceModel;
            return this;
        }

        public Builder deviceModelUser(@Nullable String deviceModelUser) {
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

        public Builder schedParams(@Nullable DomainSchedParams schedParams) {
            this.schedParams = schedParams;
            return this;
        }

        public Builder claimMode(@Nullable Boolean claimMode) {
            this.claimMode = claimMode;
            return this;
        }

        public Builder eventChannels(@Nullable Integer eventChannels) {
            this.eventChannels = eventChannels;
            return this;
        }

        public Builder kernel(@Nullable String kernel) {
            this.kernel = kernel;
            return this;
        }

        public Builder cmdline(@Nullable String cmdline) {
            this.cmdline = cmdline;
            return this;
        }

        public Builder ramdisk(@Nullable String ramdisk) {
            this.ramdisk = ramdisk;
            return this;
        }

        public Builder acpi(@Nullable Boolean acpi) {
            this.acpi = acpi;
            return this;
        }

        public Builder bootloader(@Nullable String bootloader) {
            this.bootloader = bootloader;
            return this;
        }

        public Builder bootloaderArgs(List<String> bootloaderArgs) {
            this.bootloaderArgs = bootloaderArgs;
            return this;
        }

        public Builder bootloaderRestrict(@Nullable Boolean bootloaderRestrict) {
            this.bootloaderRestrict = bootloaderRestrict;
            return this;
        }

        public Builder bootloaderUser(@Nullable String bootloaderUser) {
            this.bootloaderUser = bootloaderUser;
            return this;
        }

        public Builder nestedHvm(@Nullable Boolean nestedHvm) {
            this.nestedHvm = nestedHvm;
            return this;
        }

        public Builder apic(@Nullable Boolean apic) {
            this.apic = apic;
            return this;
        }

        public Builder dmRestrict(@Nullable Boolean dmRestrict) {
            this.dmRestrict = dmRestrict;
            return this;
        }

        public Builder hvm(@Nullable HvmInfo hvm) {
            this.hvm = hvm;
            return this;
        }

        public Builder pv(@Nullable PvInfo pv) {
            this.pv = pv;
            return this;
        }

        public Builder pvh(@Nullable PvhInfo pvh) {
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
