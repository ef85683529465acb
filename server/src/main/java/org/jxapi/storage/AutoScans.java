package org.jxapi.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.ThisHost;
import org.jxapi.local.Unreachable;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scans the SRs whose {@code other_config} has {@code auto-scan=true} or a key {@code dirty}, as XAPI does: every 30 s, or
 * as many as {@code auto-scan-interval} in the host's {@code other_config} says.
 */
public final class AutoScans {
    private static final Logger LOG = LoggerFactory.getLogger(AutoScans.class);
    private static final long SECONDS = 30;

    private final Store store;
    private final Clock clock;
    private final Consumer<Ref<SR>> scan;
    private final Set<Ref<SR>> underWay = ConcurrentHashMap.newKeySet();
    private Instant latest;

    /**
     * @param scan looks for disks of a plugged SR
     */
    public AutoScans(Store store, Clock clock, Consumer<Ref<SR>> scan) {
        this.store = store;
        this.clock = clock;
        this.scan = scan;
        this.latest = clock.instant();
    }

    /** Begins the scans that are due; called every few seconds by one thread. */
    public void look(Executor workers) {
        Snapshot now = store.snapshot();
        Instant time = clock.instant();
        if (time.isBefore(latest.plus(interval(now)))) {
            return;
        }
        latest = time;
        for (Stored<SR> stored : now.all(SR.XEN_CLASS)) {
            Ref<SR> sr = stored.ref();
            if (wanted(stored.row()) && Drivers.isPlugged(now, sr) && underWay.add(sr)) {
                workers.execute(() -> scan(sr));
            }
        }
    }

    private void scan(Ref<SR> sr) {
        try {
            scan.accept(sr);
        } catch (XenApiException e) {
            if (Unreachable.is(e)) {
                LOG.debug("SR {}: its host cannot be reached, so it is not scanned", sr);
                return;
            }
            LOG.warn("SR {}: automatic scan failed: {}", sr, e.getMessage());
        } finally {
            underWay.remove(sr);
        }
    }

    private static boolean wanted(Row<SR> sr) {
        Map<String, String> config = sr.get(SR.OTHER_CONFIG);
        return "true".equals(config.get("auto-scan")) || config.containsKey("dirty");
    }

    private static Duration interval(Snapshot now) {
        String given = ThisHost.find(now)
                .map(host -> host.row().get(Host.OTHER_CONFIG).getOrDefault("auto-scan-interval", ""))
                .orElse("");
        return Duration.ofSeconds(given.matches("\\d{1,9}") ? Long.parseLong(given) : SECONDS);
    }
}
