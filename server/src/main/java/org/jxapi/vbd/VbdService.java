package org.jxapi.vbd;

import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.DevicePlaces;
import org.jxapi.domain.DomainConfigs;
import org.jxapi.domain.Hotplug;
import org.jxapi.domain.HypervisorErrors;
import org.jxapi.hypervisor.Devices;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.local.VmDomain;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VBDMessages;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdOperations;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The messages of class VBD: disks and discs in VMs. */
public final class VbdService implements VBDMessages<Call> {
    private static final Logger LOG = LoggerFactory.getLogger(VbdService.class);

    private final Store store;
    private final Hosts hosts;
    private final Operations operations;
    private final DomainConfigs configs;

    public VbdService(Store store, Hosts hosts, Operations operations, DomainConfigs configs) {
        this.store = store;
        this.hosts = hosts;
        this.operations = operations;
        this.configs = configs;
        store.addDerivation(new VbdAllowedOperations());
    }

    public void bind(MessageTable<Call> table) {
        VBDMessages.bind(table, this);
        table.bindCreate(VBD.XEN_CLASS, (call, row) -> store.transact(tx -> VbdCreation.create(tx, row)));
        table.bindDestroy(VBD.XEN_CLASS, (call, vbd) -> store.change(tx -> VbdCreation.destroy(tx, vbd)));
        table.bindSet(VBD.QOS_ALGORITHM_TYPE, (call, vbd, value) -> setQos(vbd, value));
    }

    private void setQos(Ref<VBD> vbd, String algorithm) {
        VbdCreation.refuseQos(algorithm);
        store.change(tx -> tx.set(vbd, VBD.QOS_ALGORITHM_TYPE, algorithm));
    }

    private Operation begin(Call call, Ref<VBD> vbd, VbdOperations what) {
        return operations.await(call, Claim.of(vbd, what, tx -> VbdRules.check(tx, vbd, what)));
    }

    private VmDomain domain(Ref<VBD> vbd) {
        Snapshot snapshot = store.snapshot();
        return hosts.domain(snapshot, snapshot.get(vbd, VBD.VM));
    }

    private DiskConfig disk(Ref<VBD> vbd) {
        return configs.disk(store.snapshot(), store.snapshot().row(vbd));
    }

    /** The disk as the domain has it. Its volume is not asked: it would wait until the guest does not use it. */
    private DiskConfig attached(Ref<VBD> vbd, VmDomain domain) {
        String device = store.snapshot().get(vbd, VBD.DEVICE);
        return domain.hypervisor().devices().list(domain.domid(), DiskConfig.class).stream()
                .filter(has -> has.vdev().equals(device))
                .findFirst()
                .orElseGet(() -> DiskConfig.builder().vdev(device).build());
    }

    private RuntimeException failed(Ref<VBD> vbd, HypervisorException e) {
        Snapshot snapshot = store.snapshot();
        return HypervisorErrors.of(snapshot, snapshot.get(vbd, VBD.VM), e);
    }

    @Override
    public void plug(Call call, Ref<VBD> self) {
        try (Operation operation = begin(call, self, VbdOperations.PLUG)) {
            Row<VBD> vbd = store.snapshot().row(self);
            boolean readOnlyDisk = vbd.get(VBD.TYPE) != VbdType.CD && vbd.get(VBD.MODE) == VbdMode.RO;
            if (readOnlyDisk && Hotplug.emulated(store.snapshot().row(vbd.get(VBD.VM)))) {
                throw Errors.diskVbdMustBeReadwriteForHvm(self.value());
            }
            store.change(tx -> DevicePlaces.settleOne(tx, self));
            VmDomain domain = domain(self);
            domain.hypervisor().devices().add(domain.domid(), disk(self));
            operation.finish(tx -> tx.set(self, VBD.CURRENTLY_ATTACHED, true));
        } catch (HypervisorException e) {
            throw failed(self, e);
        }
    }

    @Override
    public void unplug(Call call, Ref<VBD> self) {
        try (Operation operation = begin(call, self, VbdOperations.UNPLUG)) {
            VmDomain domain = domain(self);
            domain.hypervisor().devices().remove(domain.domid(), attached(self, domain));
            closeImages(domain);
            operation.finish(tx -> tx.set(self, VBD.CURRENTLY_ATTACHED, false));
        } catch (HypervisorException e) {
            Snapshot now = store.snapshot();
            throw HypervisorErrors.ofUnplug(now, now.get(self, VBD.VM), "VBD", self.value(), e);
        }
    }

    /** QEMU closes only the images that it opened for the disk itself, and not later layers or those of a move. */
    private static void closeImages(VmDomain domain) {
        try {
            domain.hypervisor().diskImages().closeUnused(domain.domid());
        } catch (HypervisorException e) {
            LOG.warn("Domain {}: images may stay open after a disk was unplugged: {}", domain.domid(), e.getMessage());
        }
    }

    /** The guest is not asked. */
    @Override
    public void unplugForce(Call call, Ref<VBD> self) {
        try (Operation operation = begin(call, self, VbdOperations.UNPLUG_FORCE)) {
            VmDomain domain = domain(self);
            domain.hypervisor().devices().destroy(domain.domid(), attached(self, domain));
            closeImages(domain);
            operation.finish(tx -> tx.set(self, VBD.CURRENTLY_ATTACHED, false));
        } catch (HypervisorException e) {
            throw failed(self, e);
        }
    }

    @Override
    public void unplugForceNoSafetyCheck(Call call, Ref<VBD> self) {
        unplugForce(call, self);
    }

    @Override
    public void insert(Call call, Ref<VBD> vbd, Ref<VDI> vdi) {
        if (!store.snapshot().get(vdi, VDI.MANAGED)) {
            throw Errors.vdiNotManaged(vdi.value());
        }
        change(call, vbd, vdi, VbdOperations.INSERT);
    }

    @Override
    public void eject(Call call, Ref<VBD> vbd) {
        change(call, vbd, Ref.nil(), VbdOperations.EJECT);
    }

    private void change(Call call, Ref<VBD> vbd, Ref<VDI> vdi, VbdOperations what) {
        try (Operation operation = begin(call, vbd, what)) {
            Row<VBD> now = store.snapshot().row(vbd).with(VBD.VDI, vdi).with(VBD.EMPTY, vdi.isNull());
            VmDomain domain = domain(vbd);
            if (domain.domid() >= 0) {
                changeDisc(domain, vbd, now);
            }
            operation.finish(tx -> {
                tx.set(vbd, VBD.VDI, vdi);
                tx.set(vbd, VBD.EMPTY, vdi.isNull());
            });
        } catch (HypervisorException e) {
            throw failed(vbd, e);
        }
    }

    /** A guest without emulated drives sees a disc as a disk that comes and goes. */
    private void changeDisc(VmDomain domain, Ref<VBD> vbd, Row<VBD> now) {
        refuseDisk(domain, vbd, now);
        Devices devices = domain.hypervisor().devices();
        int domid = domain.domid();
        if (Hotplug.hvm(store.snapshot().row(now.get(VBD.VM)))) {
            devices.cdromInsert(domid, configs.disk(store.snapshot(), now));
        } else if (now.get(VBD.EMPTY)) {
            devices.remove(domid, attached(vbd, domain));
        } else {
            devices.add(domid, configs.disk(store.snapshot(), now));
        }
    }

    /** As in XAPI the type of a VBD can be changed while the guest has it: the guest's disk does not become a drive. */
    private void refuseDisk(VmDomain domain, Ref<VBD> vbd, Row<VBD> now) {
        boolean disk = Hotplug.hvm(store.snapshot().row(now.get(VBD.VM)))
                && domain.hypervisor().devices().list(domain.domid(), DiskConfig.class).stream()
                        .anyMatch(has -> has.vdev().equals(now.get(VBD.DEVICE)) && !has.isCdrom());
        if (disk) {
            throw Errors.vbdNotRemovableMedia(vbd.value());
        }
    }

    @Override
    public void assertAttachable(Call call, Ref<VBD> self) {
        VbdRules.check(store.snapshot(), self, VbdOperations.ATTACH);
    }

    @Override
    public void setMode(Call call, Ref<VBD> self, VbdMode value) {
        store.change(tx -> {
            Ref<VM> vm = tx.get(self, VBD.VM);
            VmPowerState state = tx.get(vm, VM.POWER_STATE);
            if (state != VmPowerState.HALTED) {
                throw Errors.vmBadPowerState(vm.value(), "halted", state.wire().toLowerCase(java.util.Locale.ROOT));
            }
            tx.set(self, VBD.MODE, value);
        });
    }

    @Override
    public String pause(Call call, Ref<VBD> self) {
        throw unpausable(self, VbdOperations.PAUSE);
    }

    @Override
    public void unpause(Call call, Ref<VBD> self, String token) {
        throw unpausable(self, VbdOperations.UNPAUSE);
    }

    /** XAPI's storage cannot pause a disk any more, whatever its state, and neither can ours. */
    private RuntimeException unpausable(Ref<VBD> self, VbdOperations what) {
        Snapshot snapshot = store.snapshot();
        VbdRules.check(snapshot, self, what);
        return Errors.srOperationNotSupported(
                snapshot.get(snapshot.get(self, VBD.VDI), VDI.SR).value());
    }
}
