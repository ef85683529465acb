package org.jxapi.hypervisor;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a domain, {@code libxl_domain_create_info}. Null leaves the choice to libxl.
 *
 * @param type how it is virtualised
 * @param name unique name
 * @param uuid identity of the domain
 * @param hap hardware assisted paging
 * @param ssidref XSM label
 * @param ssidLabel XSM label by name
 * @param xsdata written to xenstore below the domain when it is built
 * @param platformdata written to xenstore below {@code platform}
 * @param poolid cpupool; null is pool 0
 * @param runHotplugScripts whether libxl runs the block and vif scripts
 * @param driverDomain whether it serves devices to others
 * @param passthrough whether devices may be passed through
 */
public record DomainCreateInfo(
        DomainKind type,
        String name,
        UUID uuid,
        @Nullable Boolean hap,
        @Nullable Integer ssidref,
        @Nullable String ssidLabel,
        Map<String, String> xsdata,
        Map<String, String> platformdata,
        @Nullable Integer poolid,
        @Nullable Boolean runHotplugScripts,
        @Nullable Boolean driverDomain,
        @Nullable Passthrough passthrough) {
    public DomainCreateInfo {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(uuid, "uuid");
        xsdata = xsdata == null ? Map.of() : Map.copyOf(xsdata);
        platformdata = platformdata == null ? Map.of() : Map.copyOf(platformdata);
    }

    /** Returns a builder in which nothing is set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts from this. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.type = type;
        b.name = name;
        b.uuid = uuid;
        b.hap = hap;
        b.ssidref = ssidref;
        b.ssidLabel = ssidLabel;
        b.xsdata = xsdata;
        b.platformdata = platformdata;
        b.poolid = poolid;
        b.runHotplugScripts = runHotplugScripts;
        b.driverDomain = driverDomain;
        b.passthrough = passthrough;
        return b;
    }

    /** Builds {@link DomainCreateInfo}; what is not set is left to libxl. */
    public static final class Builder {
        private @Nullable DomainKind type;
        private @Nullable String name;
        private @Nullable UUID uuid;
        private @Nullable Boolean hap;
        private @Nullable Integer ssidref;
        private @Nullable String ssidLabel;
        private Map<String, String> xsdata = Map.of();
        private Map<String, String> platformdata = Map.of();
        private @Nullable Integer poolid;
        private @Nullable Boolean runHotplugScripts;
        private @Nullable Boolean driverDomain;
        private @Nullable Passthrough passthrough;

        private Builder() {}

        public Builder type(DomainKind type) {
            this.type = type;
            return this;
        }

        public Builder name(String name) {
            this.name = name;
            return this;
        }

        public Builder uuid(UUID uuid) {
            this.uuid = uuid;
            return this;
        }

        public Builder hap(@Nullable Boolean hap) {
            this.hap = hap;
            return this;
        }

        public Builder ssidref(@Nullable Integer ssidref) {
            this.ssidref = ssidref;
            return this;
        }

        public Builder ssidLabel(@Nullable String ssidLabel) {
            this.ssidLabel = ssidLabel;
            return this;
        }

        public Builder xsdata(Map<String, String> xsdata) {
            this.xsdata = xsdata;
            return this;
        }

        public Builder platformdata(Map<String, String> platformdata) {
            this.platformdata = platformdata;
            return this;
        }

        public Builder poolid(@Nullable Integer poolid) {
            this.poolid = poolid;
            return this;
        }

        public Builder runHotplugScripts(@Nullable Boolean runHotplugScripts) {
            this.runHotplugScripts = runHotplugScripts;
            return this;
        }

        public Builder driverDomain(@Nullable Boolean driverDomain) {
            this.driverDomain = driverDomain;
            return this;
        }

        public Builder passthrough(@Nullable Passthrough passthrough) {
            this.passthrough = passthrough;
            return this;
        }

        public DomainCreateInfo build() {
            return new DomainCreateInfo(
                    Objects.requireNonNull(type, "type"),
                    Objects.requireNonNull(name, "name"),
                    Objects.requireNonNull(uuid, "uuid"),
                    hap,
                    ssidref,
                    ssidLabel,
                    xsdata,
                    platformdata,
                    poolid,
                    runHotplugScripts,
                    driverDomain,
                    passthrough);
        }
    }
}
