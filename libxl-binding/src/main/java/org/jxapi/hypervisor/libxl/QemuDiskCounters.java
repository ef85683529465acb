package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.jxapi.hypervisor.DiskCounters;
import org.jxapi.hypervisor.HypervisorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The counters of the disks that the QEMU of a domain serves, by QMP. For one thread. */
final class QemuDiskCounters {
    private static final Logger LOG = LoggerFactory.getLogger(QemuDiskCounters.class);

    /** QEMU serves one client at a time: while it changes images for another, it is not asked. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private static final Pattern NAME = Pattern.compile("[a-z]{2,3}[a-z0-9]+");

    private final IntFunction<Path> sockets;

    /** The disks' names in their guests, by QEMU's device; empty for a device that is no Xen disk. */
    private final Map<Integer, Map<String, String>> names = new HashMap<>();

    /** @param sockets the QMP socket of a domain's QEMU that is free for other clients than libxl */
    QemuDiskCounters(IntFunction<Path> sockets) {
        this.sockets = sockets;
    }

    /** The disks of these domains; those of a QEMU that does not answer are missing. */
    List<DiskCounters> of(Set<Integer> domids) {
        names.keySet().retainAll(domids);
        List<DiskCounters> all = new ArrayList<>();
        for (int domid : domids) {
            if (!Files.exists(sockets.apply(domid))) {
                continue;
            }
            try (Qmp qmp = Qmp.connect(sockets.apply(domid), PATIENCE)) {
                read(qmp, domid, all);
            } catch (IOException | HypervisorException e) {
                LOG.debug("Domain {}: its QEMU does not tell counters: {}", domid, e.getMessage());
            }
        }
        return all;
    }

    private void read(Qmp qmp, int domid, List<DiskCounters> all) throws IOException {
        Map<String, String> known = names.computeIfAbsent(domid, id -> new HashMap<>());
        for (JsonNode device : qmp.run("query-blockstats", Qmp.object())) {
            String path = device.path("qdev").asText();
            if (path.isEmpty()) {
                continue;
            }
            String name = known.get(path);
            if (name == null) {
                name = name(qmp, path);
                known.put(path, name);
            }
            if (!name.isEmpty()) {
                all.add(counters(domid, name, device.path("stats")));
            }
        }
    }

    private static DiskCounters counters(int domid, String name, JsonNode stats) {
        return new DiskCounters(
                domid,
                name,
                stats.path("rd_operations").asLong(),
                stats.path("rd_bytes").asLong(),
                stats.path("rd_total_time_ns").asLong(),
                stats.path("wr_operations").asLong(),
                stats.path("wr_bytes").asLong(),
                stats.path("wr_total_time_ns").asLong(),
                DiskCounters.UNKNOWN);
    }

    private static String name(Qmp qmp, String path) throws IOException {
        try {
            String vdev = qmp.run("qom-get", Qmp.object().put("path", path).put("property", "vdev"))
                    .asText();
            return NAME.matcher(vdev).matches() ? vdev : "";
        } catch (HypervisorException e) {
            // An emulated disk, which has no such property.
            return "";
        }
    }
}
