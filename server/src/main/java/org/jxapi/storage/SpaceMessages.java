package org.jxapi.storage;

import java.time.Clock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.message.Messages;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.SR;

/**
 * Messages about repositories whose space runs out. {@code ALARM} has the form of XenServer's perfmon (python3/bin/perfmon
 * of xen-api), which XenCenter and Xen Orchestra read, and {@code SM_GC_NO_SPACE} is that of its garbage collector.
 */
final class SpaceMessages {
    /** The used fraction of a repository that raises an alarm, and the one that ends it. */
    private static final double LOW = 0.95;

    private static final double ENOUGH = 0.9;
    /** These alarms differ by it from those of perfmon, which has settings of its own. */
    private static final String CONFIG =
            "<variable><name value=\"physical_utilisation\"/><alarm_trigger_level value=\"" + LOW + "\"/></variable>";

    /** The key of {@code SR.sm_config} that XenServer keeps the message in. */
    private static final String NO_SPACE = "gc_no_space";

    private final Store store;
    private final Clock clock;
    /** The repositories whose space was low at the last look; empty before the first. */
    private Optional<Set<Ref<SR>>> low = Optional.empty();

    SpaceMessages(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Raises an alarm once for each repository whose space has become low, and takes it back when there is enough. */
    void look() {
        Snapshot now = store.snapshot();
        Set<Ref<SR>> before = low.orElse(Set.of());
        Set<Ref<SR>> after = new HashSet<>();
        for (Stored<SR> stored : now.all(SR.XEN_CLASS)) {
            Ref<SR> sr = stored.ref();
            double used = used(now, stored);
            if (used >= LOW || used >= ENOUGH && before.contains(sr)) {
                after.add(sr);
                if (!before.contains(sr) && alarm(now, stored.row()).isEmpty()) {
                    store.change(tx -> raise(tx, sr, used));
                }
            } else if (low.isEmpty() || before.contains(sr)) {
                alarm(now, stored.row()).ifPresent(alarm -> store.change(tx -> tx.destroyIfThere(alarm)));
            }
        }
        low = Optional.of(after);
    }

    /** The used fraction of a repository that disks can be made in; 0 for others. */
    private static double used(Snapshot now, Stored<SR> stored) {
        Row<SR> sr = stored.row();
        boolean writable = Drivers.features(now, sr).contains("VDI_CREATE")
                && Drivers.isPlugged(now, stored.ref())
                // Discs fill their share once, and nothing in it grows.
                && !sr.get(SR.CONTENT_TYPE).equals("iso");
        long size = sr.get(SR.PHYSICAL_SIZE);
        return writable && size > 0 ? (double) sr.get(SR.PHYSICAL_UTILISATION) / size : 0;
    }

    private static Optional<Ref<Message>> alarm(Snapshot now, Row<SR> sr) {
        return now.all(Message.XEN_CLASS).stream()
                .filter(message -> message.row().get(Message.OBJ_UUID).equals(sr.get(SR.UUID)))
                .filter(message -> message.row().get(Message.NAME).equals("ALARM"))
                .filter(message -> message.row().get(Message.BODY).endsWith(CONFIG))
                .map(Stored::ref)
                .findAny();
    }

    private void raise(Transaction tx, Ref<SR> sr, double used) {
        tx.find(sr)
                .ifPresent(found -> Messages.write(
                        tx,
                        clock,
                        "ALARM",
                        3,
                        Cls.SR,
                        found.row().get(SR.UUID),
                        "value: " + used + "\nconfig:\n" + CONFIG));
    }

    /** Says once that layers of a repository cannot be merged since it is full. */
    void mergeHasNoSpace(Ref<SR> sr) {
        store.change(tx -> {
            if (tx.find(sr).isEmpty() || noSpace(tx, sr).isPresent()) {
                return;
            }
            String uuid = tx.get(sr, SR.UUID);
            String body = "Layers of disks in SR " + uuid + " cannot be merged: no space is left";
            Ref<Message> message = Messages.write(tx, clock, "SM_GC_NO_SPACE", 3, Cls.SR, uuid, body);
            Map<String, String> config = new LinkedHashMap<>(tx.get(sr, SR.SM_CONFIG));
            config.put(NO_SPACE, message.value());
            tx.set(sr, SR.SM_CONFIG, config);
        });
    }

    /** Takes that back. */
    void mergesWork(Ref<SR> sr) {
        if (!store.snapshot()
                .find(sr)
                .map(found -> found.row().get(SR.SM_CONFIG).containsKey(NO_SPACE))
                .orElse(false)) {
            return;
        }
        store.change(tx -> {
            if (tx.find(sr).isPresent()) {
                noSpace(tx, sr).ifPresent(tx::destroy);
                Map<String, String> config = new LinkedHashMap<>(tx.get(sr, SR.SM_CONFIG));
                config.remove(NO_SPACE);
                tx.set(sr, SR.SM_CONFIG, config);
            }
        });
    }

    private static Optional<Ref<Message>> noSpace(Transaction tx, Ref<SR> sr) {
        String message = tx.get(sr, SR.SM_CONFIG).get(NO_SPACE);
        return Optional.ofNullable(message)
                .map(Message.XEN_CLASS::ref)
                .filter(ref -> tx.find(ref).isPresent());
    }
}
