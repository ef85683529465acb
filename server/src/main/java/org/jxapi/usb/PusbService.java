package org.jxapi.usb;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PUSB;
import org.jxapi.xenapi.PUSBMessages;
import org.jxapi.xenapi.USBGroup;
import org.jxapi.xenapi.VUSB;

/** The messages of class PUSB. */
public final class PusbService implements PUSBMessages<Call> {
    private final Store store;
    private final UsbScan scan;

    PusbService(Store store, UsbScan scan) {
        this.store = store;
        this.scan = scan;
    }

    @Override
    public void scan(Call call, Ref<Host> host) {
        store.snapshot().row(host);
        scan.scan(host);
    }

    /** A device that VMs may no longer have leaves no VUSB behind. */
    @Override
    public void setPassthroughEnabled(Call call, Ref<PUSB> self, boolean value) {
        store.change(tx -> {
            if (!value) {
                Ref<USBGroup> group = tx.get(self, PUSB.USB_GROUP);
                List<Ref<VUSB>> vusbs = GuestUsb.of(tx, group);
                checkFree(tx, self, group, vusbs);
                vusbs.forEach(tx::destroy);
            }
            tx.set(self, PUSB.PASSTHROUGH_ENABLED, value);
        });
    }

    private static void checkFree(Snapshot snapshot, Ref<PUSB> pusb, Ref<USBGroup> group, List<Ref<VUSB>> vusbs) {
        if (vusbs.size() > 1) {
            throw Errors.internalError("too many vusb on the USB_group: " + group.value());
        }
        for (Ref<VUSB> vusb : vusbs) {
            if (snapshot.get(vusb, VUSB.CURRENTLY_ATTACHED)) {
                throw Errors.usbAlreadyAttached(
                        pusb.value(), snapshot.get(vusb, VUSB.VM).value());
            }
        }
    }
}
