package org.jxapi.boot;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.OrderedMap;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.host.Features;
import org.jxapi.host.HostFreeMemory;
import org.jxapi.local.Version;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostCpu;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.Pool;

/** The facts of the host record and its CPUs, brought up to date at every start. */
final class HostRecord {
    /** The product version that clients compare with; XAPI's own of the same API. */
    private static final String PRODUCT_VERSION = "8.4.0";

    private static final String PLATFORM_VERSION = "3.4.0";
    private static final long API_MAJOR = 2;
    private static final long API_MINOR = 23;
    private static final String API = API_MAJOR + "." + API_MINOR;
    private static final String SCHEMA = "5.909";

    private HostRecord() {}

    static void update(Transaction tx, Ref<Host> host, HostFacts facts, XenTime now) {
        tx.set(host, Host.HOSTNAME, facts.hostname());
        tx.set(host, Host.ADDRESS, facts.address());
        tx.set(host, Host.API_VERSION_MAJOR, API_MAJOR);
        tx.set(host, Host.API_VERSION_MINOR, API_MINOR);
        tx.set(host, Host.API_VERSION_VENDOR, "XenSource");
        tx.set(host, Host.SOFTWARE_VERSION, softwareVersion(facts));
        tx.set(host, Host.CAPABILITIES, facts.capabilities());
        tx.set(host, Host.CPU_INFO, facts.cpu().info());
        tx.set(host, Host.SCHED_POLICY, facts.scheduler());
        tx.set(host, Host.SUPPORTED_BOOTLOADERS, List.of("pygrub", "eliloader"));
        tx.set(host, Host.CHIPSET_INFO, OrderedMap.of("iommu", Boolean.toString(facts.iommu())));
        tx.set(host, Host.BIOS_STRINGS, facts.biosStrings());
        tx.set(host, Host.VIRTUAL_HARDWARE_PLATFORM_VERSIONS, List.of(0L, 1L, 2L));
        tx.set(host, Host.SSL_LEGACY, false);
        tx.set(host, Host.LICENSE_PARAMS, licence(facts));
        initiator(tx, host);
        Ref<HostMetrics> metrics = tx.get(host, Host.METRICS);
        tx.set(metrics, HostMetrics.MEMORY_TOTAL, facts.totalMemory());
        tx.set(metrics, HostMetrics.LIVE, true);
        tx.set(metrics, HostMetrics.LAST_UPDATED, now);
        // Later starts find what Xen keeps for the guests that run, which belongs to their own overhead.
        if (tx.get(host, Host.BOOT_FREE_MEM) == 0) {
            tx.set(host, Host.MEMORY_OVERHEAD, HostFreeMemory.overhead(facts.totalMemory(), facts.guestMemory()));
            tx.set(host, Host.BOOT_FREE_MEM, facts.guestMemory());
        }
        Map<String, String> config = new LinkedHashMap<>(tx.get(host, Host.OTHER_CONFIG));
        config.put("agent_start_time", now.instant().getEpochSecond() + ".");
        config.put("boot_time", facts.bootTime().getEpochSecond() + ".");
        tx.set(host, Host.OTHER_CONFIG, config);
        cpus(tx, host, facts.cpu());
    }

    /** One object per physical CPU. All are replaced when the processors differ from those of the last start. */
    private static void cpus(Transaction tx, Ref<Host> host, HostFacts.Cpu cpu) {
        HostFacts.CpuModel model = cpu.model();
        Row<HostCpu> like = Row.of(HostCpu.XEN_CLASS)
                .with(HostCpu.HOST, host)
                .with(HostCpu.VENDOR, model.vendor())
                .with(HostCpu.SPEED, whole(model.speed()))
                .with(HostCpu.MODELNAME, model.name())
                .with(HostCpu.FAMILY, whole(model.family()))
                .with(HostCpu.MODEL, whole(model.model()))
                .with(HostCpu.STEPPING, model.stepping())
                .with(HostCpu.FLAGS, model.flags());
        List<Stored<HostCpu>> known = tx.all(HostCpu.XEN_CLASS).stream()
                .filter(stored -> stored.row().get(HostCpu.HOST).equals(host))
                .toList();
        boolean same = known.size() == cpu.count()
                && known.stream()
                        .map(Stored::row)
                        .allMatch(row -> row.get(HostCpu.MODELNAME).equals(model.name())
                                && row.get(HostCpu.FLAGS).equals(model.flags())
                                && row.get(HostCpu.SPEED) == whole(model.speed()));
        if (same) {
            return;
        }
        known.forEach(stored -> tx.destroy(stored.ref()));
        for (long i = 0; i < cpu.count(); i++) {
            tx.create(like.with(HostCpu.NUMBER, i));
        }
    }

    /** The whole part of a number such as {@code 2394.454}; 0 for anything else. */
    private static long whole(String text) {
        return text.matches("\\d{1,9}(\\.\\d*)?") ? (long) Double.parseDouble(text) : 0;
    }

    /** The fields of the pool that follow from its hosts. */
    static void updatePool(Transaction tx, Ref<Pool> pool, HostFacts facts) {
        tx.set(pool, Pool.RESTRICTIONS, restrictions(facts));
        Map<String, String> cpu = facts.cpu().info();
        tx.set(
                pool,
                Pool.CPU_INFO,
                OrderedMap.of(
                        "vendor", cpu.getOrDefault("vendor", ""),
                        "socket_count", sum(tx, "socket_count"),
                        "cpu_count", sum(tx, "cpu_count"),
                        "features_pv_host", cpu.getOrDefault("features_pv_host", ""),
                        "features_hvm_host", cpu.getOrDefault("features_hvm_host", "")));
    }

    /** The sum of a number in {@code host.cpu_info}, over all hosts. */
    private static String sum(Transaction tx, String key) {
        long sum = tx.all(Host.XEN_CLASS).stream()
                .mapToLong(host -> whole(host.row().get(Host.CPU_INFO).getOrDefault(key, "")))
                .sum();
        return Long.toString(sum);
    }

    /** The name under which the host meets iSCSI targets; {@code other_config:iscsi_iqn} is its older place. */
    private static void initiator(Transaction tx, Ref<Host> host) {
        String name = tx.get(host, Host.ISCSI_IQN);
        if (name.isEmpty()) {
            name = "iqn.2026-11.org.jxapi:" + tx.get(host, Host.UUID).substring(0, 8);
            tx.set(host, Host.ISCSI_IQN, name);
            Map<String, String> config = new LinkedHashMap<>(tx.get(host, Host.OTHER_CONFIG));
            config.put("iscsi_iqn", name);
            tx.set(host, Host.OTHER_CONFIG, config);
        }
    }

    private static Map<String, String> softwareVersion(HostFacts facts) {
        return OrderedMap.of(
                "product_version", PRODUCT_VERSION,
                "product_version_text", "8.4",
                "product_version_text_short", "8.4",
                "platform_name", "XCP",
                "platform_version", PLATFORM_VERSION,
                "product_brand", "jxapi",
                "xapi", "26.17",
                "build_number", Version.JXAPI,
                "hostname", "localhost",
                "date", "2026-11-24",
                "dbv", "0.0.1",
                "xapi_build", "26.17.0",
                "xen", facts.xenVersion(),
                "linux", facts.linuxVersion(),
                "xencenter_min", API,
                "xencenter_max", API,
                "network_backend", "bridge",
                "db_schema", SCHEMA);
    }

    /** Everything that jxapi offers is free of licences: none ever expires; what is restricted is what is not there. */
    private static Map<String, String> licence(HostFacts facts) {
        Map<String, String> licence = new LinkedHashMap<>(OrderedMap.of(
                "expiry", "20991231T23:59:59Z",
                "grace", "no",
                "sku_type", "free",
                "sku_marketing_name", "jxapi",
                "version", "",
                "productcode", "",
                "serialnumber", "",
                "sockets", Integer.toString(facts.cpu().sockets()),
                "name", "",
                "address1", "",
                "company", ""));
        licence.putAll(restrictions(facts));
        return licence;
    }

    private static Map<String, String> restrictions(HostFacts facts) {
        return Features.restrictions(facts.filtersGuests() ? Set.of() : Set.of(Features.VIF_LOCKING));
    }
}
