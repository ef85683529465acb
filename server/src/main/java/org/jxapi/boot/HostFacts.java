package org.jxapi.boot;

import java.util.List;
import java.util.Map;

/**
 * What first boot needs to know of the machine.
 *
 * @param hostname the host's own name
 * @param address address under which clients reach the host
 * @param xenVersion for example {@code 4.17.5}
 * @param linuxVersion kernel release of the control domain
 * @param totalMemory bytes of memory that Xen manages
 * @param domainZeroUuid UUID of the control domain
 * @param domainZeroMemory bytes that the control domain holds
 * @param domainZeroVcpus virtual CPUs of the control domain
 * @param capabilities Xen's capabilities, such as {@code hvm-3.0-x86_64}
 * @param cpu the processors
 * @param nics network interfaces that guests can be bridged to
 */
public record HostFacts(
        String hostname,
        String address,
        String xenVersion,
        String linuxVersion,
        long totalMemory,
        String domainZeroUuid,
        long domainZeroMemory,
        int domainZeroVcpus,
        List<String> capabilities,
        Cpu cpu,
        List<Nic> nics) {

    /**
     * The processors.
     *
     * @param speedMhz clock of one core, in MHz
     * @param flags the feature flags, separated by blanks
     */
    public record Cpu(
            int count,
            int sockets,
            int threadsPerCore,
            int nodes,
            String vendor,
            long speedMhz,
            String model,
            String family,
            String modelNumber,
            String stepping,
            String flags) {

        /** The form of {@code host.cpu_info}. */
        Map<String, String> info() {
            Map<String, String> info = new java.util.LinkedHashMap<>();
            info.put("cpu_count", Integer.toString(count));
            info.put("socket_count", Integer.toString(sockets));
            info.put("threads_per_core", Integer.toString(threadsPerCore));
            info.put("nr_nodes", Integer.toString(nodes));
            info.put("vendor", vendor);
            info.put("speed", Long.toString(speedMhz));
            info.put("modelname", model);
            info.put("family", family);
            info.put("model", modelNumber);
            info.put("stepping", stepping);
            info.put("flags", flags);
            for (String policy : List.of("features_pv", "features_hvm", "features_hvm_host", "features_pv_host")) {
                info.put(policy, "");
            }
            return java.util.Collections.unmodifiableMap(info);
        }
    }

    /**
     * A network interface.
     *
     * @param bridge the bridge that it is in, or the name that its bridge gets
     * @param ip its IPv4 address, or empty
     * @param management whether clients reach the host through it
     */
    public record Nic(
            String device,
            String mac,
            int mtu,
            String bridge,
            boolean carrier,
            String ip,
            String netmask,
            String gateway,
            String dns,
            boolean dhcp,
            boolean management) {}
}
