package org.jxapi.transfer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Store;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** The VBDs and VIFs of an archive as they become devices of its VMs here. */
final class ImportedDevices {
    private final Store store;
    private final Client client;
    private final ImportState state;
    private final ImportedVms machines;

    ImportedDevices(Store store, Client client, ImportState state, ImportedVms machines) {
        this.store = store;
        this.client = client;
        this.state = state;
        this.machines = machines;
    }

    void vbd(Item item) {
        String id = item.text("VM");
        if (machines.untouched(id)) {
            return;
        }
        Ref<VM> vm = state.of(VM.XEN_CLASS, id);
        String vdi = item.text("VDI");
        boolean here = state.has(vdi);
        boolean disk = !item.text("type").equalsIgnoreCase("CD");
        if (!here && item.flag("currently_attached") && (disk || !hvm(id))) {
            throw Errors.importErrorAttachedDisksNotFound();
        }
        if (disk && !here) {
            return;
        }
        if (state.options().dryRun()) {
            state.put(item, VBD.XEN_CLASS.freshRef());
            return;
        }
        Map<String, Object> record = new LinkedHashMap<>(item.record());
        record.put("VM", vm.value());
        record.put(
                "VDI", here ? state.of(VDI.XEN_CLASS, vdi).value() : Ref.nil().value());
        record.put("empty", !here);
        record.put("device", "");
        record.put("currently_attached", false);
        // VBD.create refuses it, and an archive of XenServer may have it.
        record.put("qos_algorithm_type", "");
        Ref<VBD> vbd = client.make(VBD.XEN_CLASS, record);
        state.put(item, vbd);
        state.keep(item, VBD.UUID, vbd);
        attach(item, vm, vbd, VBD.CURRENTLY_ATTACHED);
    }

    private boolean hvm(String vm) {
        return new ImportedVm(state.items().get(vm), state.options()).hvm();
    }

    /** Only a suspended VM has devices that are attached: one that ran when its archive was made is halted here. */
    private <C> void attach(Item item, Ref<VM> vm, Ref<C> device, Field<C, Boolean> attached) {
        if (item.flag("currently_attached")) {
            store.change(tx -> tx.set(device, attached, tx.get(vm, VM.POWER_STATE) == VmPowerState.SUSPENDED));
        }
    }

    void vif(Item item) {
        String id = item.text("VM");
        if (machines.untouched(id)) {
            return;
        }
        Ref<VM> vm = state.of(VM.XEN_CLASS, id);
        Map<String, Object> config = item.map("other_config");
        Object mapped = config.remove(ImportOptions.MAPS_TO);
        String network = mapped == null
                ? state.of(Network.XEN_CLASS, item.text("network")).value()
                : mapped.toString();
        if (state.options().dryRun()) {
            state.put(item, VIF.XEN_CLASS.freshRef());
            return;
        }
        Map<String, Object> record = new LinkedHashMap<>(item.record());
        record.put("VM", vm.value());
        record.put("network", network);
        record.put("other_config", config);
        record.put("MAC", state.options().restore() ? item.text("MAC") : "");
        record.put("currently_attached", false);
        Ref<VIF> vif = create(record);
        state.put(item, vif);
        state.keep(item, VIF.UUID, vif);
        attach(item, vm, vif, VIF.CURRENTLY_ATTACHED);
    }

    /** If this host cannot restrict guests to addresses, it does not, as XAPI without that feature. */
    private Ref<VIF> create(Map<String, Object> record) {
        try {
            return client.make(VIF.XEN_CLASS, record);
        } catch (XenApiException e) {
            if (!e.code().equals("LICENCE_RESTRICTION")) {
                throw e;
            }
            record.put("locking_mode", "network_default");
            record.put("ipv4_allowed", List.of());
            record.put("ipv6_allowed", List.of());
            return client.make(VIF.XEN_CLASS, record);
        }
    }
}
