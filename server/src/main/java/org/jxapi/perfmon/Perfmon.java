package org.jxapi.perfmon;

import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jxapi.measure.Consolidation;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.NoArchiveException;
import org.jxapi.measure.Owner;
import org.jxapi.measure.RrdUpdates;
import org.jxapi.message.Messages;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VM;

/** Compares measurements with the thresholds of their owners every five minutes, minute by minute, and raises alarms. */
public final class Perfmon {
    private static final String KEY = "perfmon";
    private static final String ALARM = "ALARM";
    private static final double INTERVAL_SECONDS = 300;
    private static final long ROW_SECONDS = 60;
    private static final double MILLIS = 1e3;

    /** The setting that XenServer's installer gives the control domain. */
    private static final String CONTROL_DOMAIN = "<config><variable><name value=\"fs_usage\"/></variable>"
            + "<variable><name value=\"mem_usage\"/></variable>"
            + "<variable><name value=\"log_fs_usage\"/></variable></config>";

    private final Store store;
    private final Measurements measurements;
    private final ControlDomain domain;
    private final Clock clock;
    private final Map<Owner, Thresholds> thresholds = new TreeMap<>();
    private double next = Double.NEGATIVE_INFINITY;
    private long taken;

    public Perfmon(Store store, Measurements measurements, ControlDomain domain, Clock clock) {
        this.store = store;
        this.measurements = measurements;
        this.domain = domain;
        this.clock = clock;
    }

    private double now() {
        return clock.millis() / MILLIS;
    }

    /** Compares when the time has come; called every few seconds. */
    public synchronized void look() {
        if (now() >= next) {
            compare();
        }
    }

    /** Reads the thresholds, and compares all measurements since the last time with them. */
    public synchronized void compare() {
        double now = now();
        next = now + INTERVAL_SECONDS;
        RrdUpdates.Answer answer;
        try {
            answer = measurements.answer(new RrdUpdates.Question(
                    taken == 0 ? (long) (now - INTERVAL_SECONDS) : taken + 1,
                    ROW_SECONDS,
                    Optional.of(Consolidation.AVERAGE),
                    owner -> true));
        } catch (NoArchiveException e) {
            return;
        }
        follow(store.snapshot());
        for (int i = answer.lines().size() - 1; i >= 0; i--) {
            RrdUpdates.Line line = answer.lines().get(i);
            taken = line.time();
            rows(answer.legend(), line.values()).forEach((owner, readings) -> {
                Thresholds own = thresholds.get(owner);
                if (own != null) {
                    own.take(now, answer.step(), readings, domain, new Messenger(owner));
                }
            });
        }
    }

    /** The values of a row by owner and source. */
    private Map<Owner, Map<String, Double>> rows(List<String> legend, double[] values) {
        Map<Owner, Map<String, Double>> rows = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            String[] parts = legend.get(i).split(":", 4);
            Owner owner = new Owner(
                    switch (parts[1]) {
                        case "host" -> Owner.Kind.HOST;
                        case "vm" -> Owner.Kind.VM;
                        default -> Owner.Kind.SR;
                    },
                    parts[2]);
            if (thresholds.containsKey(owner)) {
                rows.computeIfAbsent(owner, o -> new LinkedHashMap<>()).put(parts[3], values[i]);
            }
        }
        return rows;
    }

    private void follow(Snapshot snapshot) {
        Set<Owner> owners = measurements.owners();
        thresholds.keySet().retainAll(owners);
        Map<String, String> ofSrs = new TreeMap<>();
        for (Stored<SR> sr : snapshot.all(SR.XEN_CLASS)) {
            String setting = sr.row().get(SR.OTHER_CONFIG).getOrDefault(KEY, "");
            boolean plugged = sr.row().get(SR.PBDS).stream()
                    .anyMatch(pbd -> snapshot.find(pbd)
                            .map(found -> found.row().get(PBD.CURRENTLY_ATTACHED))
                            .orElse(false));
            if (!setting.isEmpty() && plugged) {
                ofSrs.put(sr.row().get(SR.UUID), setting);
            }
        }
        for (Owner owner : owners) {
            String setting = setting(snapshot, owner);
            Map<String, String> more = owner.kind() == Owner.Kind.HOST ? ofSrs : Map.of();
            if (setting.isEmpty() && more.isEmpty()) {
                thresholds.remove(owner);
            } else {
                thresholds.computeIfAbsent(owner, Thresholds::new).follow(setting, more, new Messenger(owner));
            }
        }
        thresholds.values().removeIf(Thresholds::isEmpty);
    }

    private static String setting(Snapshot snapshot, Owner owner) {
        return switch (owner.kind()) {
            case VM ->
                snapshot.byUuid(VM.XEN_CLASS, owner.uuid())
                        .map(vm -> vm.row()
                                .get(VM.OTHER_CONFIG)
                                .getOrDefault(KEY, vm.row().get(VM.IS_CONTROL_DOMAIN) ? CONTROL_DOMAIN : ""))
                        .orElse("");
            case HOST ->
                snapshot.byUuid(Host.XEN_CLASS, owner.uuid())
                        .map(host -> host.row().get(Host.OTHER_CONFIG).getOrDefault(KEY, ""))
                        .orElse("");
            case SR ->
                snapshot.byUuid(SR.XEN_CLASS, owner.uuid())
                        .map(sr -> sr.row().get(SR.OTHER_CONFIG).getOrDefault(KEY, ""))
                        .orElse("");
        };
    }

    /** Writes the alarms of one owner. */
    private final class Messenger implements Thresholds.Alarms {
        private final Owner owner;

        Messenger(Owner owner) {
            this.owner = owner;
        }

        @Override
        public void raise(Variable variable, double value) {
            Cls cls = switch (owner.kind()) {
                case VM -> Cls.VM;
                case HOST -> Cls.HOST;
                case SR -> Cls.SR;
            };
            store.change(tx ->
                    Messages.write(tx, clock, ALARM, variable.priority(), cls, owner.uuid(), variable.body(value)));
        }

        /** Alarms outlive the daemon, so a restart raises none again. */
        @Override
        public double last(Variable variable) {
            double last = Double.NEGATIVE_INFINITY;
            for (Stored<Message> message : store.snapshot().all(Message.XEN_CLASS)) {
                if (message.row().get(Message.OBJ_UUID).equals(owner.uuid())
                        && message.row().get(Message.NAME).equals(ALARM)
                        && message.row().get(Message.BODY).endsWith(variable.config())) {
                    last = Math.max(last, seconds(message));
                }
            }
            return last;
        }

        private double seconds(Stored<Message> message) {
            return message.row().get(Message.TIMESTAMP).instant().getEpochSecond();
        }
    }
}
