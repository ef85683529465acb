package org.jxapi.transfer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operation;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.vm.VmClaims;
import org.jxapi.vm.VmCreation;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** The VMs of an archive as they become VMs here. */
final class ImportedVms {
    private final Store store;
    private final VmClaims claims;
    private final Client client;
    private final Call call;
    private final ImportState state;
    private final List<Ref<VM>> all = new ArrayList<>();
    /** Those that were made, by their references in the archive. */
    private final Map<Item, Ref<VM>> made = new LinkedHashMap<>();
    /** Those of the archive that are here already, and stay as they are. */
    private final Set<String> untouched = new HashSet<>();

    private final List<Operation> held = new ArrayList<>();

    ImportedVms(Store store, VmClaims claims, Client client, Call call, ImportState state) {
        this.store = store;
        this.claims = claims;
        this.client = client;
        this.call = call;
        this.state = state;
    }

    /** The VMs that the import gives its client: those that were made, and default templates that were found. */
    List<Ref<VM>> all() {
        return all;
    }

    /** Whether the VM of that reference in the archive is here already, and gets no devices of the archive. */
    boolean untouched(String id) {
        return untouched.contains(id);
    }

    /** Gives back the VMs that were held: those that were made, and those that were to be replaced. */
    void release() {
        held.forEach(Operation::close);
    }

    void make(Item item) {
        Snapshot now = store.snapshot();
        ImportedVm settings = new ImportedVm(item, state.options());
        if (settings.defaultTemplate()) {
            Optional<Ref<VM>> template = now.byNameLabel(VM.XEN_CLASS, item.text("name_label")).stream()
                    .filter(vm -> now.get(vm, VM.IS_A_TEMPLATE))
                    .findFirst();
            if (template.isPresent()) {
                all.add(template.get());
                leave(item, template.get());
                return;
            }
        }
        if (state.options().restore()) {
            Optional<Ref<VM>> old = now.byUuid(VM.XEN_CLASS, item.text("uuid")).map(Stored::ref);
            if (old.isPresent() && !replace(now, old.get(), item)) {
                leave(item, old.get());
                return;
            }
        }
        if (state.options().dryRun()) {
            state.put(item, VM.XEN_CLASS.freshRef());
        } else {
            create(item, settings);
        }
    }

    private void leave(Item item, Ref<VM> vm) {
        state.put(item, vm);
        untouched.add(item.id());
    }

    /**
     * Whether a VM that is restored takes the place of the older one with its UUID, which must stay unused until then. An
     * import of VMs only passes over one that is not halted if the client insists, as XAPI does. With disks it does not:
     * they would belong to no VM.
     */
    private boolean replace(Snapshot now, Ref<VM> old, Item item) {
        ImportOptions options = state.options();
        VmPowerState power = now.get(old, VM.POWER_STATE);
        if (power != VmPowerState.HALTED) {
            if (options.force() && options.metadata()) {
                return false;
            }
            throw Errors.vmBadPowerState(old.value(), "Halted", power.wire());
        }
        long before = now.get(old, VM.VERSION);
        if (!options.force() && before >= item.number("version")) {
            throw Errors.vmToImportIsNotNewerVersion(old.value(), Long.toString(before), item.text("version"));
        }
        if (!options.dryRun()) {
            held.add(claims.beginReplacement(call, old));
            state.atEnd(tx -> VmCreation.remove(tx, old));
        }
        return true;
    }

    private void create(Item item, ImportedVm settings) {
        Ref<VM> vm = client.make(VM.XEN_CLASS, settings.record(call.task()));
        state.undo().push(() -> destroy(store, client, vm));
        held.add(claims.beginImport(call, vm));
        state.put(item, vm);
        Ref<VDI> image = settings.suspended() ? image(item) : Ref.nil();
        Ref<Host> affinity = state.orNil(Host.XEN_CLASS, item.text("affinity"));
        store.change(tx -> settings.finish(tx, vm, image, affinity, state.items()));
        state.keep(item, VM.UUID, vm);
        all.add(vm);
        made.put(item, vm);
    }

    /** Without its image a VM is not suspended; that is an error unless the client insists. */
    private Ref<VDI> image(Item item) {
        String id = item.text("suspend_VDI");
        return state.options().force() ? state.orNil(VDI.XEN_CLASS, id) : state.of(VDI.XEN_CLASS, id);
    }

    /** Makes snapshots of those that are, when all are there with their devices. */
    void link() {
        store.change(tx -> made.forEach((item, vm) -> {
            String of = item.text("snapshot_of");
            boolean linked = item.flag("is_a_snapshot") && !OvaXml.nothing(of);
            new ImportedVm(item, state.options())
                    .become(
                            tx,
                            vm,
                            linked ? state.of(VM.XEN_CLASS, of) : Ref.nil(),
                            state.orNil(VM.XEN_CLASS, item.text("parent")));
        }));
    }

    /** Removes a VM of an import that is not to be. */
    static void destroy(Store store, Client client, Ref<VM> vm) {
        store.change(tx -> lose(tx, vm));
        client.call("VM.destroy", vm.value());
    }

    private static void lose(Transaction tx, Ref<VM> vm) {
        tx.set(vm, VM.CURRENT_OPERATIONS, Map.of());
        tx.set(vm, VM.POWER_STATE, VmPowerState.HALTED);
        tx.set(vm, VM.SUSPEND_VDI, Ref.nil());
        tx.get(vm, VM.VBDS).forEach(vbd -> tx.set(vbd, VBD.CURRENTLY_ATTACHED, false));
        tx.get(vm, VM.VIFS).forEach(vif -> tx.set(vif, VIF.CURRENTLY_ATTACHED, false));
    }
}
