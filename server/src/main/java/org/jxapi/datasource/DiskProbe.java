package org.jxapi.datasource;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DiskCounters;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.measure.Owner;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;

/** The disks of guests, and of the host the disks of each SR together. */
final class DiskProbe implements Probe {
    private record Key(int domid, String vdev) {}

    /** The bytes of an SR's disks since the daemon's start, which go on when a disk is unplugged. */
    private static final class Total {
        private long read;
        private long written;
        private DiskActivity activity = DiskActivity.none(0);
    }

    private final Hypervisor hypervisor;
    private final Map<String, DiskSources> disks = new HashMap<>();
    private final Map<String, DiskSources> repositories = new HashMap<>();
    private Map<Key, DiskCounters> last = Map.of();
    private final Map<String, Total> totals = new TreeMap<>();

    DiskProbe(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public void read(Look look, Readings readings) {
        Map<Key, DiskCounters> now = new HashMap<>();
        totals.values().forEach(total -> total.activity = DiskActivity.none(look.seconds()));
        for (DiskCounters counters : hypervisor.statistics().disks()) {
            Row<VM> vm = look.vms().get(counters.domid());
            Key key = new Key(counters.domid(), counters.vdev());
            if (vm == null || now.put(key, counters) != null) {
                continue;
            }
            DiskCounters before = last.get(key);
            DiskActivity activity = before == null
                    ? DiskActivity.none(look.seconds())
                    : DiskActivity.between(look.seconds(), before, counters);
            disks.computeIfAbsent(counters.vdev(), DiskSources::ofDisk)
                    .add(readings, Look.owner(vm), counters.readBytes(), counters.writeBytes(), activity);
            repository(look.snapshot(), vm, counters.vdev()).ifPresent(sr -> {
                Total total = totals.computeIfAbsent(sr, uuid -> new Total());
                total.read += activity.readBytes();
                total.written += activity.writeBytes();
                total.activity = total.activity.plus(activity);
            });
        }
        last = now;
        totals.keySet().removeIf(sr -> look.snapshot().byUuid(SR.XEN_CLASS, sr).isEmpty());
        Owner host = look.host();
        totals.forEach((sr, total) -> repositories
                .computeIfAbsent(sr, DiskSources::ofSr)
                .add(readings, host, total.read, total.written, total.activity));
    }

    /** The UUID of the SR that has the VM's disk of that name; empty for a disk that is no VDI. */
    private static Optional<String> repository(Snapshot snapshot, Row<VM> vm, String vdev) {
        for (Ref<VBD> ref : vm.get(VM.VBDS)) {
            Optional<Row<VBD>> vbd = snapshot.find(ref).map(stored -> stored.row());
            if (vbd.isPresent() && vbd.get().get(VBD.DEVICE).equals(vdev)) {
                return snapshot.find(vbd.get().get(VBD.VDI))
                        .flatMap(vdi -> snapshot.find(vdi.row().get(VDI.SR)))
                        .map(sr -> sr.row().get(SR.UUID));
            }
        }
        return Optional.empty();
    }
}
