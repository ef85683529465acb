package org.jxapi.boot;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The facts about the host that the daemon needs at its start.
 *
 * @param hostname the host's own name
 * @param address address under which clients reach the host
 * @param xenVersion for example {@code 4.17.5}
 * @param linuxVersion kernel release of the control domain
 * @param totalMemory bytes of memory that Xen manages
 * @param guestMemory bytes that are free or held by domains: what Xen does not keep for itself
 * @param capabilities Xen's capabilities, such as {@code hvm-3.0-x86_64}
 * @param scheduler Xen's CPU scheduler, such as {@code credit2}
 * @param iommu whether devices can be passed through to HVM domains
 * @param nics physical network interfaces
 * @param bridges bridges of the host
 * @param filtersGuests whether guests can be held to the addresses that they may send from
 * @param biosStrings in the form of {@code host.bios_strings}
 * @param bootTime when the control domain booted
 */
public record HostFacts(
        String hostname,
        String address,
        String xenVersion,
        String linuxVersion,
        long totalMemory,
        long guestMemory,
        ControlDomain controlDomain,
        List<String> capabilities,
        String scheduler,
        boolean iommu,
        Cpu cpu,
        List<Nic> nics,
        List<Bridge> bridges,
        List<PciDevice> pciDevices,
        boolean filtersGuests,
        Map<String, String> biosStrings,
        Instant bootTime) {

    /** The same host under another name. */
    public HostFacts named(String name) {
        return with(name, address, nics);
    }

    /** The same host with other addresses: {@code address} is the one that it is reached by. */
    HostFacts at(String other, List<Nic> changed) {
        return with(hostname, other, changed);
    }

    private HostFacts with(String name, String at, List<Nic> interfaces) {
        return new HostFacts(
                name,
                at,
                xenVersion,
                linuxVersion,
                totalMemory,
                guestMemory,
                controlDomain,
                capabilities,
                scheduler,
                iommu,
                cpu,
                interfaces,
                bridges,
                pciDevices,
                filtersGuests,
                biosStrings,
                bootTime);
    }

    /**
     * The control domain.
     *
     * @param uuid its UUID in Xen; empty when it was never given one
     * @param memory bytes that it holds
     * @param keeps bytes of these that it never gives to guests
     * @param vcpus virtual CPUs online
     */
    public record ControlDomain(String uuid, long memory, long keeps, int vcpus) {}

    /**
     * The kind of processors, in the words of /proc/cpuinfo.
     *
     * @param speed clock of one core in MHz, with decimals; empty when the kernel does not say
     * @param flags the feature flags, separated by blanks
     */
    public record CpuModel(
            String vendor, String speed, String name, String family, String model, String stepping, String flags) {}

    /**
     * The processors.
     *
     * @param features Xen's feature words in hex, joined by dashes, in XAPI's form; empty when it does not tell
     */
    public record Cpu(int count, int sockets, int threadsPerCore, int nodes, CpuModel model, String features) {

        /** The form of {@code host.cpu_info}. */
        Map<String, String> info() {
            Map<String, String> info = new LinkedHashMap<>();
            info.put("cpu_count", Integer.toString(count));
            info.put("socket_count", Integer.toString(sockets));
            info.put("threads_per_core", Integer.toString(threadsPerCore));
            info.put("nr_nodes", Integer.toString(nodes));
            info.put("vendor", model.vendor());
            info.put("speed", model.speed());
            info.put("modelname", model.name());
            info.put("family", model.family());
            info.put("model", model.model());
            info.put("stepping", model.stepping());
            info.put("flags", model.flags());
            info.put("features_pv", "");
            info.put("features_hvm", "");
            info.put("features_hvm_host", features);
            info.put("features_pv_host", features);
            return info;
        }
    }

    /**
     * A physical network interface.
     *
     * @param mac lower case, with colons
     * @param bridge the bridge that it is in, or empty
     * @param speed Mbit/s; 0 when there is no link
     * @param vendorId PCI vendor in hex without prefix, or empty
     * @param deviceId PCI device in hex without prefix, or empty
     * @param pciPath PCI address, or empty
     * @param addresses what the interface is reached by: its own addresses, or those of its bridge
     */
    public record Nic(
            String device,
            String mac,
            int mtu,
            String bridge,
            boolean carrier,
            long speed,
            boolean fullDuplex,
            String vendorId,
            String deviceId,
            String pciPath,
            Addresses addresses) {}

    /** A bridge, and whether a physical interface is in it. */
    public record Bridge(String name, int mtu, boolean withNic) {}

    /**
     * IP settings of an interface.
     *
     * @param ip IPv4 address, or empty
     * @param netmask of that address
     * @param dynamic whether the address was leased
     * @param gateway IPv4 gateway when the default route leaves here, or empty
     * @param dns name servers, separated by commas, when the default route leaves here
     * @param ipv6 addresses with prefix length, link-local ones excepted
     */
    public record Addresses(String ip, String netmask, boolean dynamic, String gateway, String dns, List<String> ipv6) {
        static final Addresses NONE = new Addresses("", "", false, "", "", List.of());

        boolean any() {
            return !ip.isEmpty() || !ipv6.isEmpty();
        }
    }
}
