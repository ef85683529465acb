package org.jxapi.storage;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.local.Hosts;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.volume.LiveDisks;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;

/**
 * The disks of running guests, as the records of their VBDs show them. The other hosts of a world are simulated, and have no
 * guests whose images a QEMU has open. A host that is another machine may have some, so its own drivers work on their disks.
 */
public final class RunningDisks implements LiveDisks {
    private final Store store;
    private final Hosts hosts;
    private final HostDrivers drivers;

    /** @param drivers shows which hosts are other machines */
    public RunningDisks(Store store, Hosts hosts, HostDrivers drivers) {
        this.store = store;
        this.hosts = hosts;
        this.drivers = drivers;
    }

    @Override
    public List<Guest> guests(String sr, String location) {
        Snapshot now = store.snapshot();
        return vbds(now, sr, location).stream()
                .flatMap(vbd -> own(now, vbd).stream())
                .toList();
    }

    /** The same for the drivers of a host that is another machine. */
    public List<Guest> guests(Ref<Host> host, String sr, String location) {
        Snapshot now = store.snapshot();
        return vbds(now, sr, location).stream()
                .flatMap(vbd -> of(now, vbd, host).stream())
                .toList();
    }

    private static List<Row<VBD>> vbds(Snapshot now, String sr, String location) {
        return now.byUuid(SR.XEN_CLASS, sr).stream()
                .flatMap(found -> found.row().get(SR.VDIS).stream())
                .filter(vdi -> now.get(vdi, VDI.LOCATION).equals(location))
                .flatMap(vdi -> now.get(vdi, VDI.VBDS).stream())
                .map(now::row)
                .filter(vbd -> vbd.get(VBD.CURRENTLY_ATTACHED))
                .toList();
    }

    private Optional<Guest> own(Snapshot snapshot, Row<VBD> vbd) {
        Row<VM> vm = vm(snapshot, vbd);
        if (vm == null) {
            return Optional.empty();
        }
        Ref<Host> host = vm.get(VM.RESIDENT_ON);
        if (!host.isNull() && !drivers.isHere(host)) {
            return guest(Math.toIntExact(vm.get(VM.DOMID)), vbd, false);
        }
        return hosts.has(hosts.own(), vm) ? guest(hosts.domain(vm).domid(), vbd, true) : Optional.empty();
    }

    private static Optional<Guest> of(Snapshot snapshot, Row<VBD> vbd, Ref<Host> host) {
        Row<VM> vm = vm(snapshot, vbd);
        if (vm == null || vm.get(VM.RESIDENT_ON).isNull()) {
            return Optional.empty();
        }
        return guest(
                Math.toIntExact(vm.get(VM.DOMID)), vbd, vm.get(VM.RESIDENT_ON).equals(host));
    }

    private static @Nullable Row<VM> vm(Snapshot snapshot, Row<VBD> vbd) {
        return snapshot.find(vbd.get(VBD.VM)).map(Stored::row).orElse(null);
    }

    private static Optional<Guest> guest(int domid, Row<VBD> vbd, boolean here) {
        return domid > Hypervisor.DOM0 || !here
                ? Optional.of(new Guest(domid, vbd.get(VBD.MODE) == VbdMode.RW, here))
                : Optional.empty();
    }

    @Override
    public DiskImages images() {
        return hosts.own().diskImages();
    }
}
