package org.jxapi.usb;

import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.Hotplug;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.USBGroup;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VUSB;
import org.jxapi.xenapi.VUSBMessages;
import org.jxapi.xenapi.VusbOperations;

/** The messages of class VUSB. */
public final class VusbService implements VUSBMessages<Call> {
    private final Store store;
    private final Operations operations;
    private final GuestUsb guests;

    VusbService(Store store, Operations operations, GuestUsb guests) {
        this.store = store;
        this.operations = operations;
        this.guests = guests;
    }

    /** The VM gets the device when it starts the next time. */
    @Override
    public Ref<VUSB> create(Call call, Ref<VM> vm, Ref<USBGroup> usbGroup, Map<String, String> otherConfig) {
        return store.transact(tx -> {
            VusbRules.checkNew(tx, vm, usbGroup);
            return tx.create(Row.of(VUSB.XEN_CLASS)
                    .with(VUSB.VM, vm)
                    .with(VUSB.USB_GROUP, usbGroup)
                    .with(VUSB.OTHER_CONFIG, otherConfig));
        });
    }

    @Override
    public void unplug(Call call, Ref<VUSB> self) {
        try (Operation operation = operations.await(
                call, Claim.of(self, VusbOperations.UNPLUG, tx -> VusbRules.check(tx, self, VusbOperations.UNPLUG)))) {
            Snapshot snapshot = store.snapshot();
            if (!Hotplug.emulated(snapshot.row(snapshot.get(self, VUSB.VM)))) {
                throw Errors.internalError("vusb_unplug: Unable to unplug vusb " + self.value());
            }
            guests.detach(snapshot, self);
            operation.finish(tx -> tx.set(self, VUSB.CURRENTLY_ATTACHED, false));
        }
    }

    @Override
    public void destroy(Call call, Ref<VUSB> self) {
        store.change(tx -> {
            Row<VUSB> row = tx.row(self);
            if (row.get(VUSB.CURRENTLY_ATTACHED)) {
                throw Errors.operationNotAllowed("VUSB '" + row.get(VUSB.UUID) + "' still attached to '"
                        + tx.get(row.get(VUSB.VM), VM.UUID) + "'");
            }
            tx.destroy(self);
        });
    }
}
