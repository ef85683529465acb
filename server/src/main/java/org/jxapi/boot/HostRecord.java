package org.jxapi.boot;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenTime;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostDisplay;
import org.jxapi.xenapi.HostMetrics;

/** The facts of the host record, brought up to date at every start. */
final class HostRecord {
    /** The product version that clients compare with; XAPI's own of the same API. */
    private static final String PLATFORM_VERSION = "3.4.0";

    private HostRecord() {}

    static void update(Transaction tx, Ref<Host> host, HostFacts facts, XenTime now) {
        tx.set(host, Host.HOSTNAME, facts.hostname());
        tx.set(host, Host.ADDRESS, facts.address());
        tx.set(host, Host.API_VERSION_MAJOR, 2L);
        tx.set(host, Host.API_VERSION_MINOR, 23L);
        tx.set(host, Host.API_VERSION_VENDOR, "XenSource");
        tx.set(host, Host.SOFTWARE_VERSION, softwareVersion(facts));
        tx.set(host, Host.CAPABILITIES, facts.capabilities());
        tx.set(host, Host.CPU_INFO, facts.cpu().info());
        tx.set(host, Host.CPU_CONFIGURATION, Map.of());
        tx.set(host, Host.SCHED_POLICY, "credit2");
        tx.set(host, Host.SUPPORTED_BOOTLOADERS, List.of("pygrub", "eliloader"));
        tx.set(host, Host.CHIPSET_INFO, FirstBoot.map("iommu", "false"));
        tx.set(host, Host.VIRTUAL_HARDWARE_PLATFORM_VERSIONS, List.of(0L, 1L, 2L));
        tx.set(host, Host.DISPLAY, HostDisplay.DISABLED);
        tx.set(host, Host.LICENSE_PARAMS, licence());
        Ref<HostMetrics> metrics = tx.get(host, Host.METRICS);
        tx.set(metrics, HostMetrics.MEMORY_TOTAL, facts.totalMemory());
        tx.set(metrics, HostMetrics.LIVE, true);
        tx.set(metrics, HostMetrics.LAST_UPDATED, now);
        Map<String, String> config = new LinkedHashMap<>(tx.get(host, Host.OTHER_CONFIG));
        String seconds = Long.toString(now.instant().getEpochSecond()) + ".";
        config.put("agent_start_time", seconds);
        config.putIfAbsent("boot_time", seconds);
        tx.set(host, Host.OTHER_CONFIG, config);
    }

    private static Map<String, String> softwareVersion(HostFacts facts) {
        String version = FirstBoot.class.getPackage().getImplementationVersion();
        return FirstBoot.map(
                "product_version", "8.4.0",
                "product_version_text", "8.4",
                "product_version_text_short", "8.4",
                "platform_name", "XCP",
                "platform_version", PLATFORM_VERSION,
                "product_brand", "jxapi",
                "build_number", version == null ? "0.1.0" : version,
                "hostname", "localhost",
                "date", "2026-11-24",
                "dbv", "0.0.1",
                "xapi", "26.17",
                "xapi_build", "26.17.0",
                "xen", facts.xenVersion(),
                "linux", facts.linuxVersion(),
                "xencenter_min", "2.23",
                "xencenter_max", "2.23",
                "network_backend", "bridge",
                "db_schema", "5.909");
    }

    /** Everything that jxapi offers is free of licences: none ever expires, and nothing is restricted. */
    private static Map<String, String> licence() {
        return FirstBoot.map(
                "expiry", "20991231T23:59:59Z",
                "grace", "no",
                "sku_type", "free",
                "version", "",
                "productcode", "",
                "serialnumber", "",
                "sockets", "1",
                "name", "",
                "address1", "",
                "company", "");
    }
}
