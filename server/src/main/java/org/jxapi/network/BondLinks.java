package org.jxapi.network;

import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.message.Messages;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.BondMode;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PIFMetrics;

/** The links of bonds: Bond.links_up and the metrics of the bond's PIF follow its members, with XAPI's message about each change. */
final class BondLinks {
    /** XAPI's priority of BOND_STATUS_CHANGED. */
    private static final long PRIORITY = 3;

    private final Store store;
    private final Clock clock;
    /** The links that were up when a bond was seen last. */
    private final Map<Ref<Bond>, Integer> seen = new HashMap<>();

    BondLinks(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Compares all bonds with the metrics of their members. */
    void look() {
        Snapshot now = store.snapshot();
        seen.keySet().removeIf(bond -> now.find(bond).isEmpty());
        now.all(Bond.XEN_CLASS).forEach(bond -> look(now, bond));
    }

    private void look(Snapshot now, Stored<Bond> bond) {
        Row<PIF> master = now.row(bond.row().get(Bond.MASTER));
        boolean plugged = master.get(PIF.CURRENTLY_ATTACHED);
        List<Row<PIF>> members = bond.row().get(Bond.SLAVES).stream()
                .map(now::row)
                .sorted(Comparator.comparing(member -> member.get(PIF.DEVICE)))
                .toList();
        List<Row<PIFMetrics>> up = members.stream()
                .flatMap(member -> now.find(member.get(PIF.METRICS)).stream())
                .map(metrics -> metrics.row())
                .filter(metrics -> plugged && metrics.get(PIFMetrics.CARRIER))
                .toList();
        // One member of such a bond sends and receives; the others wait.
        boolean one = bond.row().get(Bond.MODE) == BondMode.ACTIVE_BACKUP;
        long speed = up.stream()
                .limit(one ? 1 : up.size())
                .mapToLong(metrics -> metrics.get(PIFMetrics.SPEED))
                .sum();
        boolean duplex = up.stream().anyMatch(metrics -> metrics.get(PIFMetrics.DUPLEX));
        Optional<Row<PIFMetrics>> known = now.find(master.get(PIF.METRICS)).map(Stored::row);
        boolean changed = bond.row().get(Bond.LINKS_UP) != up.size()
                || known.filter(metrics -> metrics.get(PIFMetrics.SPEED) != speed
                                || metrics.get(PIFMetrics.CARRIER) == up.isEmpty())
                        .isPresent();
        Integer before = plugged ? seen.put(bond.ref(), up.size()) : seen.remove(bond.ref());
        String news = plugged && members.size() > 1 ? news(before, up.size(), members.size()) : "";
        if (!changed && news.isEmpty()) {
            return;
        }
        store.change(tx -> {
            if (tx.find(bond.ref()).isEmpty()) {
                return;
            }
            tx.set(bond.ref(), Bond.LINKS_UP, (long) up.size());
            if (known.isPresent()) {
                metrics(tx, master.get(PIF.METRICS), !up.isEmpty(), speed, duplex);
            }
            if (!news.isEmpty()) {
                String names =
                        members.stream().map(member -> member.get(PIF.DEVICE)).collect(Collectors.joining("+"));
                String body = "The status of the " + names + " bond " + news;
                String host = tx.get(master.get(PIF.HOST), Host.UUID);
                Messages.write(tx, clock, "BOND_STATUS_CHANGED", PRIORITY, Cls.HOST, host, body);
            }
        });
    }

    /** @param before null for a bond that has not been seen yet */
    private static String news(@Nullable Integer before, int up, int all) {
        if (before == null) {
            return up < all ? "is: %d/%d up".formatted(up, all) : "";
        }
        return before == up ? "" : "changed: %d/%d up (was %d/%d)".formatted(up, all, before, all);
    }

    private void metrics(Transaction tx, Ref<PIFMetrics> metrics, boolean carrier, long speed, boolean duplex) {
        tx.set(metrics, PIFMetrics.CARRIER, carrier);
        tx.set(metrics, PIFMetrics.SPEED, speed);
        tx.set(metrics, PIFMetrics.DUPLEX, duplex);
        tx.set(metrics, PIFMetrics.LAST_UPDATED, XenTime.of(clock.instant()));
    }
}
