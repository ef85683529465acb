package org.jxapi.schedule;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.host.Features;
import org.jxapi.message.Messages;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.vm.VmCopies;
import org.jxapi.vm.VmCreation;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMSS;
import org.jxapi.xenapi.VMSSMessages;
import org.jxapi.xenapi.VmssFrequency;
import org.jxapi.xenapi.VmssType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The messages of class VMSS: schedules by which VMs get snapshots. */
public final class VmssService implements VMSSMessages<Call> {
    private static final Logger LOG = LoggerFactory.getLogger(VmssService.class);
    private static final long MOST_RETAINED = 10;

    private final Store store;
    private final Clock clock;
    private final VmCopies copies;
    private final VmCreation creation;
    private final Disks disks;
    /** Schedules before their last removal of a key: clients change a value by removing and adding its key. */
    private final Map<Ref<VMSS>, Map<String, String>> before = new ConcurrentHashMap<>();

    public VmssService(Store store, Clock clock, VmCopies copies, VmCreation creation, Disks disks) {
        this.store = store;
        this.clock = clock;
        this.copies = copies;
        this.creation = creation;
        this.disks = disks;
    }

    public void bind(MessageTable<Call> table) {
        VMSSMessages.bind(table, this);
        table.bindCreate(VMSS.XEN_CLASS, (call, row) -> store.transact(tx -> create(tx, row)));
        table.bindDestroy(VMSS.XEN_CLASS, (call, schedule) -> store.change(tx -> destroy(tx, schedule)));
    }

    private static Ref<VMSS> create(Transaction tx, Row<VMSS> given) {
        checkType(given.get(VMSS.TYPE));
        VmssFrequency frequency = given.get(VMSS.FREQUENCY);
        SnapshotTimes.checked(given.get(VMSS.SCHEDULE), frequency);
        checkRetained(given.get(VMSS.RETAINED_SNAPSHOTS));
        return tx.create(given.with(VMSS.SCHEDULE, SnapshotTimes.complete(given.get(VMSS.SCHEDULE), frequency))
                .with(VMSS.LAST_RUN_TIME, XenTime.NEVER));
    }

    private void destroy(Transaction tx, Ref<VMSS> schedule) {
        Row<VMSS> row = tx.row(schedule);
        if (!row.get(VMSS.VMS).isEmpty()) {
            throw Errors.vmssHasVm();
        }
        tx.all(Message.XEN_CLASS).stream()
                .filter(message -> message.row().get(Message.OBJ_UUID).equals(row.get(VMSS.UUID)))
                .toList()
                .forEach(message -> tx.destroy(message.ref()));
        tx.destroy(schedule);
        before.remove(schedule);
    }

    /** No guest can be brought to rest here. */
    private static void checkType(VmssType type) {
        if (type == VmssType.SNAPSHOT_WITH_QUIESCE) {
            Features.VSS.check();
        }
    }

    private static void checkRetained(long number) {
        if (number < 1 || number > MOST_RETAINED) {
            throw Errors.invalidValue("retained_snapshots", Long.toString(number));
        }
    }

    @Override
    public void setRetainedSnapshots(Call call, Ref<VMSS> self, long value) {
        checkRetained(value);
        store.change(tx -> tx.set(self, VMSS.RETAINED_SNAPSHOTS, value));
    }

    @Override
    public void setFrequency(Call call, Ref<VMSS> self, VmssFrequency value) {
        store.change(tx -> {
            tx.set(self, VMSS.SCHEDULE, SnapshotTimes.complete(tx.get(self, VMSS.SCHEDULE), value));
            tx.set(self, VMSS.FREQUENCY, value);
        });
    }

    /** Keys that are not given keep their values. */
    @Override
    public void setSchedule(Call call, Ref<VMSS> self, Map<String, String> value) {
        store.change(tx -> {
            Map<String, String> schedule = new LinkedHashMap<>(tx.get(self, VMSS.SCHEDULE));
            schedule.putAll(value);
            tx.set(self, VMSS.SCHEDULE, SnapshotTimes.checked(schedule));
        });
    }

    @Override
    public void addToSchedule(Call call, Ref<VMSS> self, String key, String value) {
        try {
            store.change(tx -> {
                Map<String, String> schedule = new LinkedHashMap<>(tx.get(self, VMSS.SCHEDULE));
                if (schedule.containsKey(key)) {
                    throw Errors.mapDuplicateKey("VMSS", "schedule", self.value(), key);
                }
                schedule.put(key, value);
                tx.set(self, VMSS.SCHEDULE, SnapshotTimes.checked(schedule));
            });
        } catch (RuntimeException e) {
            String old = before.getOrDefault(self, Map.of()).get(key);
            if (old != null) {
                store.change(tx -> tx.change(self, VMSS.SCHEDULE, schedule -> {
                    Map<String, String> restored = new LinkedHashMap<>(schedule);
                    restored.putIfAbsent(key, old);
                    return restored;
                }));
            }
            throw e;
        }
    }

    @Override
    public void removeFromSchedule(Call call, Ref<VMSS> self, String key) {
        store.change(tx -> {
            Map<String, String> schedule = new LinkedHashMap<>(tx.get(self, VMSS.SCHEDULE));
            before.put(self, Map.copyOf(schedule));
            schedule.remove(key);
            tx.set(self, VMSS.SCHEDULE, schedule);
        });
    }

    @Override
    public void setLastRunTime(Call call, Ref<VMSS> self, XenTime value) {
        store.change(tx -> tx.set(self, VMSS.LAST_RUN_TIME, value));
    }

    @Override
    public void setType(Call call, Ref<VMSS> self, VmssType value) {
        checkType(value);
        store.change(tx -> tx.set(self, VMSS.TYPE, value));
    }

    /** Answers the UUIDs of the snapshots, one a line; messages tell of VMs that could not get one. */
    @Override
    public String snapshotNow(Call call, Ref<VMSS> schedule) {
        Row<VMSS> row = store.snapshot().row(schedule);
        store.change(tx -> tx.set(schedule, VMSS.LAST_RUN_TIME, XenTime.of(clock.instant())));
        List<String> made = new ArrayList<>();
        for (Ref<VM> vm : row.get(VMSS.VMS)) {
            try {
                Ref<VM> snapshot = take(call, vm, row);
                made.add(store.snapshot().get(snapshot, VM.UUID));
                dropOld(call, vm, Math.toIntExact(row.get(VMSS.RETAINED_SNAPSHOTS)));
            } catch (RuntimeException | Error e) {
                LOG.warn("VM {}: scheduled snapshot failed: {}", vm.value(), e.getMessage());
                tell(row, "VMSS_SNAPSHOT_FAILED", 3, vm.value() + ": " + e.getMessage());
            }
        }
        if (made.size() == row.get(VMSS.VMS).size()) {
            tell(row, "VMSS_SNAPSHOT_SUCCEEDED", 5, made.size() + " VMs");
        }
        return String.join("\n", made);
    }

    /** A run that nobody called for. */
    public void snapshotScheduled(Ref<VMSS> schedule) {
        snapshotNow(new InternalCall("VMSS.snapshot_now", store), schedule);
    }

    private void tell(Row<VMSS> schedule, String name, long priority, String body) {
        store.change(tx -> Messages.write(tx, clock, name, priority, Cls.VMSS, schedule.get(VMSS.UUID), body));
    }

    private Ref<VM> take(Call call, Ref<VM> vm, Row<VMSS> schedule) {
        String name = schedule.get(VMSS.NAME_LABEL) + " " + clock.instant();
        Ref<VM> snapshot = schedule.get(VMSS.TYPE) == VmssType.CHECKPOINT
                ? copies.checkpoint(call, vm, name)
                : copies.snapshot(call, vm, name, List.of());
        store.change(tx -> tx.set(snapshot, VM.IS_VMSS_SNAPSHOT, true));
        return snapshot;
    }

    /** Keeps the newest of a VM's scheduled snapshots; those that somebody took otherwise stay. */
    private void dropOld(Call call, Ref<VM> vm, int retained) {
        Snapshot now = store.snapshot();
        List<Ref<VM>> scheduled = now.get(vm, VM.SNAPSHOTS).stream()
                .filter(snapshot -> now.get(snapshot, VM.IS_VMSS_SNAPSHOT))
                .sorted(Comparator.comparing(
                        snapshot -> now.get(snapshot, VM.SNAPSHOT_TIME).local()))
                .toList();
        for (Ref<VM> old : scheduled.subList(0, Math.max(0, scheduled.size() - retained))) {
            Row<VM> row = now.row(old);
            List<Ref<VDI>> itsDisks = new ArrayList<>(List.of(row.get(VM.SUSPEND_VDI)));
            row.get(VM.VBDS).stream()
                    .map(vbd -> now.row(vbd))
                    .filter(VmCopies::isDisk)
                    .forEach(vbd -> itsDisks.add(vbd.get(VBD.VDI)));
            creation.destroy(call, old);
            itsDisks.forEach(disks::destroyIfThere);
        }
    }
}
