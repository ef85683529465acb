package org.jxapi.transfer;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes the objects that imports have left that a stop of the daemon interrupted: they name the imports' tasks. */
final class InterruptedImports {
    private static final Logger LOG = LoggerFactory.getLogger(InterruptedImports.class);

    private final Store store;
    private final Set<String> tasks = new HashSet<>();

    /** @param pending the tasks that were pending when the daemon stopped */
    InterruptedImports(Store store, List<Ref<Task>> pending) {
        this.store = store;
        pending.forEach(task -> tasks.add(task.value()));
    }

    void remove(Dispatcher dispatcher) {
        List<Ref<VM>> machines = left(VM.XEN_CLASS, VM.OTHER_CONFIG);
        List<Ref<VDI>> disks = left(VDI.XEN_CLASS, VDI.SM_CONFIG);
        List<Ref<Network>> networks = left(Network.XEN_CLASS, Network.OTHER_CONFIG);
        if (machines.isEmpty() && disks.isEmpty() && networks.isEmpty()) {
            return;
        }
        LOG.warn(
                "Imports: removing {} VMs, {} disks and {} networks of interrupted ones",
                machines.size(),
                disks.size(),
                networks.size());
        try (Client client = new Client(dispatcher)) {
            Undo work = new Undo();
            networks.forEach(network -> work.push(() -> client.call("network.destroy", network.value())));
            disks.forEach(vdi -> work.push(() -> client.call("VDI.destroy", vdi.value())));
            machines.forEach(vm -> work.push(() -> ImportedVms.destroy(store, client, vm)));
            work.run();
        }
    }

    private <C> List<Ref<C>> left(ClassModel<C> model, Field<C, Map<String, String>> config) {
        return store.snapshot().all(model).stream()
                .filter(stored -> tasks.contains(stored.row().get(config).get(ImportOptions.TASK)))
                .map(Stored::ref)
                .toList();
    }
}
