package org.jxapi.hypervisor;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything a domain is created from, {@code libxl_domain_config}.
 *
 * @param cInfo what it is
 * @param bInfo what it is built from
 */
public record DomainConfig(
        DomainCreateInfo cInfo,
        DomainBuildInfo bInfo,
        List<DiskConfig> disks,
        List<NicConfig> nics,
        List<PciConfig> pcidevs,
        List<VfbConfig> vfbs,
        List<VkbConfig> vkbs,
        List<VtpmConfig> vtpms,
        List<P9Config> p9s,
        List<ChannelConfig> channels,
        List<UsbControllerConfig> usbctrls,
        List<UsbDeviceConfig> usbdevs,
        ActionOnShutdown onPoweroff,
        ActionOnShutdown onReboot,
        ActionOnShutdown onWatchdog,
        ActionOnShutdown onCrash,
        ActionOnShutdown onSoftReset) {
    public DomainConfig {
        Objects.requireNonNull(cInfo, "cInfo");
        Objects.requireNonNull(bInfo, "bInfo");
        disks = disks == null ? List.of() : List.copyOf(disks);
        nics = nics == null ? List.of() : List.copyOf(nics);
        pcidevs = pcidevs == null ? List.of() : List.copyOf(pcidevs);
        vfbs = vfbs == null ? List.of() : List.copyOf(vfbs);
        vkbs = vkbs == null ? List.of() : List.copyOf(vkbs);
        vtpms = vtpms == null ? List.of() : List.copyOf(vtpms);
        p9s = p9s == null ? List.of() : List.copyOf(p9s);
        channels = channels == null ? List.of() : List.copyOf(channels);
        usbctrls = usbctrls == null ? List.of() : List.copyOf(usbctrls);
        usbdevs = usbdevs == null ? List.of() : List.copyOf(usbdevs);
        onPoweroff = onPoweroff == null ? ActionOnShutdown.DESTROY : onPoweroff;
        onReboot = onReboot == null ? ActionOnShutdown.RESTART : onReboot;
        onWatchdog = onWatchdog == null ? ActionOnShutdown.DESTROY : onWatchdog;
        onCrash = onCrash == null ? ActionOnShutdown.DESTROY : onCrash;
        onSoftReset = onSoftReset == null ? ActionOnShutdown.SOFT_RESET : onSoftReset;
    }

    /** Returns a builder in which nothing is set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts from this. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.cInfo = cInfo;
        b.bInfo = bInfo;
        b.disks = disks;
        b.nics = nics;
        b.pcidevs = pcidevs;
        b.vfbs = vfbs;
        b.vkbs = vkbs;
        b.vtpms = vtpms;
        b.p9s = p9s;
        b.channels = channels;
        b.usbctrls = usbctrls;
        b.usbdevs = usbdevs;
        b.onPoweroff = onPoweroff;
        b.onReboot = onReboot;
        b.onWatchdog = onWatchdog;
        b.onCrash = onCrash;
        b.onSoftReset = onSoftReset;
        return b;
    }

    /** Builds {@link DomainConfig}; what is not set is left to libxl. */
    public static final class Builder {
        private @Nullable DomainCreateInfo cInfo;
        private @Nullable DomainBuildInfo bInfo;
        private List<DiskConfig> disks = List.of();
        private List<NicConfig> nics = List.of();
        private List<PciConfig> pcidevs = List.of();
        private List<VfbConfig> vfbs = List.of();
        private List<VkbConfig> vkbs = List.of();
        private List<VtpmConfig> vtpms = List.of();
        private List<P9Config> p9s = List.of();
        private List<ChannelConfig> channels = List.of();
        private List<UsbControllerConfig> usbctrls = List.of();
        private List<UsbDeviceConfig> usbdevs = List.of();
        private ActionOnShutdown onPoweroff = ActionOnShutdown.DESTROY;
        private ActionOnShutdown onReboot = ActionOnShutdown.RESTART;
        private ActionOnShutdown onWatchdog = ActionOnShutdown.DESTROY;
        private ActionOnShutdown onCrash = ActionOnShutdown.DESTROY;
        private ActionOnShutdown onSoftReset = ActionOnShutdown.SOFT_RESET;

        private Builder() {}

        public Builder cInfo(DomainCreateInfo cInfo) {
            this.cInfo = cInfo;
            return this;
        }

        public Builder bInfo(DomainBuildInfo bInfo) {
            this.bInfo = bInfo;
            return this;
        }

        public Builder disks(List<DiskConfig> disks) {
            this.disks = disks;
            return this;
        }

        public Builder nics(List<NicConfig> nics) {
            this.nics = nics;
            return this;
        }

        public Builder pcidevs(List<PciConfig> pcidevs) {
            this.pcidevs = pcidevs;
            return this;
        }

        public Builder vfbs(List<VfbConfig> vfbs) {
            this.vfbs = vfbs;
            return this;
        }

        public Builder vkbs(List<VkbConfig> vkbs) {
            this.vkbs = vkbs;
            return this;
        }

        public Builder vtpms(List<VtpmConfig> vtpms) {
            this.vtpms = vtpms;
            return this;
        }

        public Builder p9s(List<P9Config> p9s) {
            this.p9s = p9s;
            return this;
        }

        public Builder channels(List<ChannelConfig> channels) {
            this.channels = channels;
            return this;
        }

        public Builder usbctrls(List<UsbControllerConfig> usbctrls) {
            this.usbctrls = usbctrls;
            return this;
        }

        public Builder usbdevs(List<UsbDeviceConfig> usbdevs) {
            this.usbdevs = usbdevs;
            return this;
        }

        public Builder onPoweroff(ActionOnShutdown onPoweroff) {
            this.onPoweroff = onPoweroff;
            return this;
        }

        public Builder onReboot(ActionOnShutdown onReboot) {
            this.onReboot = onReboot;
            return this;
        }

        public Builder onWatchdog(ActionOnShutdown onWatchdog) {
            this.onWatchdog = onWatchdog;
            return this;
        }

        public Builder onCrash(ActionOnShutdown onCrash) {
            this.onCrash = onCrash;
            return this;
        }

        public Builder onSoftReset(ActionOnShutdown onSoftReset) {
            this.onSoftReset = onSoftReset;
            return this;
        }

        public DomainConfig build() {
            return new DomainConfig(
                    Objects.requireNonNull(cInfo, "cInfo"),
                    Objects.requireNonNull(bInfo, "bInfo"),
                    disks,
                    nics,
                    pcidevs,
                    vfbs,
                    vkbs,
                    vtpms,
                    p9s,
                    channels,
                    usbctrls,
                    usbdevs,
                    onPoweroff,
                    onReboot,
                    onWatchdog,
                    onCrash,
                    onSoftReset);
        }
    }
}
