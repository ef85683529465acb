package org.jxapi.hypervisor;

import java.util.List;

/**
 * The host, {@code libxl_physinfo}. Pages have the size of {@link VersionInfo#pagesize}.
 *
 * @param nrCpus CPUs online
 * @param scrubPages free, not yet cleared
 * @param outstandingPages claimed, not yet given
 * @param hwCap feature words of the CPU
 */
public record PhysInfo(
        int threadsPerCore,
        int coresPerSocket,
        int maxCpuId,
        int nrCpus,
        int cpuKhz,
        long totalPages,
        long freePages,
        long scrubPages,
        long outstandingPages,
        int nrNodes,
        List<Long> hwCap,
        boolean capHvm,
        boolean capPv,
        boolean capHvmDirectio,
        boolean capHap,
        boolean capShadow,
        boolean capIommuHapPtShare,
        boolean capVmtrace,
        boolean capVpmu,
        boolean capGnttabV1,
        boolean capGnttabV2) {
    public PhysInfo {
        hwCap = hwCap == null ? List.of() : List.copyOf(hwCap);
    }

    /** Returns a builder in which nothing is set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder that starts from this. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.threadsPerCore = threadsPerCore;
        b.coresPerSocket = coresPerSocket;
        b.maxCpuId = maxCpuId;
        b.nrCpus = nrCpus;
        b.cpuKhz = cpuKhz;
        b.totalPages = totalPages;
        b.freePages = freePages;
        b.scrubPages = scrubPages;
        b.outstandingPages = outstandingPages;
        b.nrNodes = nrNodes;
        b.hwCap = hwCap;
        b.capHvm = capHvm;
        b.capPv = capPv;
        b.capHvmDirectio = capHvmDirectio;
        b.capHap = capHap;
        b.capShadow = capShadow;
        b.capIommuHapPtShare = capIommuHapPtShare;
        b.capVmtrace = capVmtrace;
        b.capVpmu = capVpmu;
        b.capGnttabV1 = capGnttabV1;
        b.capGnttabV2 = capGnttabV2;
        return b;
    }

    /** Builds {@link PhysInfo}; what is not set is left to libxl. */
    public static final class Builder {
        private int threadsPerCore;
        private int coresPerSocket;
        private int maxCpuId;
        private int nrCpus;
        private int cpuKhz;
        private long totalPages;
        private long freePages;
        private long scrubPages;
        private long outstandingPages;
        private int nrNodes;
        private List<Long> hwCap = List.of();
        private boolean capHvm;
        private boolean capPv;
        private boolean capHvmDirectio;
        private boolean capHap;
        private boolean capShadow;
        private boolean capIommuHapPtShare;
        private boolean capVmtrace;
        private boolean capVpmu;
        private boolean capGnttabV1;
        private boolean capGnttabV2;

        private Builder() {}

        public Builder threadsPerCore(int threadsPerCore) {
            this.threadsPerCore = threadsPerCore;
            return this;
        }

        public Builder coresPerSocket(int coresPerSocket) {
            this.coresPerSocket = coresPerSocket;
            return this;
        }

        public Builder maxCpuId(int maxCpuId) {
            this.maxCpuId = maxCpuId;
            return this;
        }

        public Builder nrCpus(int nrCpus) {
            this.nrCpus = nrCpus;
            return this;
        }

        public Builder cpuKhz(int cpuKhz) {
            this.cpuKhz = cpuKhz;
            return this;
        }

        public Builder totalPages(long totalPages) {
            this.totalPages = totalPages;
            return this;
        }

        public Builder freePages(long freePages) {
            this.freePages = freePages;
            return this;
        }

        public Builder scrubPages(long scrubPages) {
            this.scrubPages = scrubPages;
            return this;
        }

        public Builder outstandingPages(long outstandingPages) {
            this.outstandingPages = outstandingPages;
            return this;
        }

        public Builder nrNodes(int nrNodes) {
            this.nrNodes = nrNodes;
            return this;
        }

        public Builder hwCap(List<Long> hwCap) {
            this.hwCap = hwCap;
            return this;
        }

        public Builder capHvm(boolean capHvm) {
            this.capHvm = capHvm;
            return this;
        }

        public Builder capPv(boolean capPv) {
            this.capPv = capPv;
            return this;
        }

        public Builder capHvmDirectio(boolean capHvmDirectio) {
            this.capHvmDirectio = capHvmDirectio;
            return this;
        }

        public Builder capHap(boolean capHap) {
            this.capHap = capHap;
            return this;
        }

        public Builder capShadow(boolean capShadow) {
            this.capShadow = capShadow;
            return this;
        }

        public Builder capIommuHapPtShare(boolean capIommuHapPtShare) {
            this.capIommuHapPtShare = capIommuHapPtShare;
            return this;
        }

        public Builder capVmtrace(boolean capVmtrace) {
            this.capVmtrace = capVmtrace;
            return this;
        }

        public Builder capVpmu(boolean capVpmu) {
            this.capVpmu = capVpmu;
            return this;
        }

        public Builder capGnttabV1(boolean capGnttabV1) {
            this.capGnttabV1 = capGnttabV1;
            return this;
        }

        public Builder capGnttabV2(boolean capGnttabV2) {
            this.capGnttabV2 = capGnttabV2;
            return this;
        }

        public PhysInfo build() {
            return new PhysInfo(
                    threadsPerCore,
                    coresPerSocket,
                    maxCpuId,
                    nrCpus,
                    cpuKhz,
                    totalPages,
                    freePages,
                    scrubPages,
                    outstandingPages,
                    nrNodes,
                    hwCap,
                    capHvm,
                    capPv,
                    capHvmDirectio,
                    capHap,
                    capShadow,
                    capIommuHapPtShare,
                    capVmtrace,
                    capVpmu,
                    capGnttabV1,
                    capGnttabV2);
        }
    }
}
