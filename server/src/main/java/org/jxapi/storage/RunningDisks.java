package org.jxapi.storage;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.volume.LiveDisks;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;

/** The disks of running guests, as the records of their VBDs show them. */
public final class RunningDisks implements LiveDisks {
    private final Store store;
    private final Hypervisor hypervisor;

    public RunningDisks(Store store, Hypervisor hypervisor) {
        this.store = store;
        this.hypervisor = hypervisor;
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
                .map(vbd -> new Guest(domid(now, vbd.get(VBD.VM)), vbd.get(VBD.MODE) == VbdMode.RW))
                .filter(guest -> guest.domid() > Hypervisor.DOM0)
                .toList();
    }

    private static int domid(Snapshot snapshot, Ref<VM> vm) {
        return snapshot.find(vm)
                .map(found -> Math.toIntExact(found.row().get(VM.DOMID)))
                .orElse(-1);
    }

    @Override
    public DiskImages images() {
        return hypervisor.diskImages();
    }
}
