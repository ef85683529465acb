package org.jxapi.storage;

import java.util.List;
import java.util.Optional;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.local.Hosts;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.volume.LiveDisks;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VbdMode;

/**
 * The disks of running guests of this host, as the records of their VBDs show them. No other host has guests whose images
 * a QEMU has open: those of a world are simulated.
 */
public final class RunningDisks implements LiveDisks {
    private final Store store;
    private final Hosts hosts;

    public RunningDisks(Store store, Hosts hosts) {
        this.store = store;
        this.hosts = hosts;
    }

    @Override
    public List<Guest> guests(String sr, String location) {
        Snapshot now = store.snapshot();
        return now.byUuid(SR.XEN_CLASS, sr).stream()
                .flatMap(found -> found.row().get(SR.VDIS).stream())
                .filter(vdi -> now.get(vdi, VDI.LOCATION).equals(location))
                .flatMap(vdi -> now.get(vdi, VDI.VBDS).stream())
                .map(now::row)
                .filter(vbd -> vbd.get(VBD.CURRENTLY_ATTACHED))
                .flatMap(vbd -> guest(now, vbd).stream())
                .toList();
    }

    private Optional<Guest> guest(Snapshot snapshot, Row<VBD> vbd) {
        return snapshot.find(vbd.get(VBD.VM))
                .filter(found -> hosts.has(hosts.own(), found.row()))
                .map(found -> hosts.domain(found.row()))
                .filter(domain -> domain.domid() > Hypervisor.DOM0)
                .map(domain -> new Guest(domain.domid(), vbd.get(VBD.MODE) == VbdMode.RW));
    }

    @Override
    public DiskImages images() {
        return hosts.own().diskImages();
    }
}
