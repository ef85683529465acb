package org.jxapi.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * A network interface, {@code libxl_device_nic}. Its key in a domain is {@code devid}.
 *
 * @param backendDomid domain that serves the device; 0 is dom0
 * @param devid device number in the domain; null lets libxl choose the next free one
 * @param mtu bytes
 * @param model emulated card, such as {@code e1000}
 * @param mac six hex bytes with colons; null lets libxl make one
 * @param bridge host bridge
 * @param ifname name of the host end; null is vif&lt;domid&gt;.&lt;devid&gt;
 * @param script hotplug script
 * @param rateBytesPerInterval rate limit; 0 is none
 * @param rateIntervalUsecs interval of the rate limit
 */
public record NicConfig(
        int backendDomid,
        @Nullable Integer devid,
        @Nullable Integer mtu,
        @Nullable String vlan,
        @Nullable String model,
        @Nullable String mac,
        @Nullable String ip,
        @Nullable String bridge,
        @Nullable String ifname,
        @Nullable String script,
        NicType nictype,
        long rateBytesPerInterval,
        int rateIntervalUsecs,
        @Nullable String gatewaydev)
        implements Device {
    public NicConfig {
        nictype = nictype == null ? NicType.UNKNOWN : nictype;
    }

    /** Returns a builder in which nothing is set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts from this. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.backendDomid = backendDomid;
        b.devid = devid;
        b.mtu = mtu;
        b.vlan = vlan;
        b.model = model;
        b.mac = mac;
        b.ip = ip;
        b.bridge = bridge;
        b.ifname = ifname;
        b.script = script;
        b.nictype = nictype;
        b.rateBytesPerInterval = rateBytesPerInterval;
        b.rateIntervalUsecs = rateIntervalUsecs;
        b.gatewaydev = gatewaydev;
        return b;
    }

    /** Builds {@link NicConfig}; what is not set is left to libxl. */
    public static final class Builder {
        private int backendDomid;
        private @Nullable Integer devid;
        private @Nullable Integer mtu;
        private @Nullable String vlan;
        private @Nullable String model;
        private @Nullable String mac;
        private @Nullable String ip;
        private @Nullable String bridge;
        private @Nullable String ifname;
        private @Nullable String script;
        private NicType nictype = NicType.UNKNOWN;
        private long rateBytesPerInterval;
        private int rateIntervalUsecs;
        private @Nullable String gatewaydev;

        private Builder() {}

        public Builder backendDomid(int backendDomid) {
            this.backendDomid = backendDomid;
            return this;
        }

        public Builder devid(@Nullable Integer devid) {
            this.devid = devid;
            return this;
        }

        public Builder mtu(@Nullable Integer mtu) {
            this.mtu = mtu;
            return this;
        }

        public Builder vlan(@Nullable String vlan) {
            this.vlan = vlan;
            return this;
        }

        public Builder model(@Nullable String model) {
            this.model = model;
            return this;
        }

        public Builder mac(@Nullable String mac) {
            this.mac = mac;
            return this;
        }

        public Builder ip(@Nullable String ip) {
            this.ip = ip;
            return this;
        }

        public Builder bridge(@Nullable String bridge) {
            this.bridge = bridge;
            return this;
        }

        public Builder ifname(@Nullable String ifname) {
            this.ifname = ifname;
            return this;
        }

        public Builder script(@Nullable String script) {
            this.script = script;
            return this;
        }

        public Builder nictype(NicType nictype) {
            this.nictype = nictype;
            return this;
        }

        public Builder rateBytesPerInterval(long rateBytesPerInterval) {
            this.rateBytesPerInterval = rateBytesPerInterval;
            return this;
        }

        public Builder rateIntervalUsecs(int rateIntervalUsecs) {
            this.rateIntervalUsecs = rateIntervalUsecs;
            return this;
        }

        public Builder gatewaydev(@Nullable String gatewaydev) {
            this.gatewaydev = gatewaydev;
            return this;
        }

        public NicConfig build() {
            return new NicConfig(
                    backendDomid,
                    devid,
                    mtu,
                    vlan,
                    model,
                    mac,
                    ip,
                    bridge,
                    ifname,
                    script,
                    nictype,
                    rateBytesPerInterval,
                    rateIntervalUsecs,
                    gatewaydev);
        }
    }
}
