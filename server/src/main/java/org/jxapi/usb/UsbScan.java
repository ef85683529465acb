package org.jxapi.usb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.EachHost;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PUSB;
import org.jxapi.xenapi.USBGroup;
import org.jxapi.xenapi.VUSB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the PUSBs of hosts those that are plugged in. Each has a group of its own. */
public final class UsbScan {
    private static final Logger LOG = LoggerFactory.getLogger(UsbScan.class);

    private final Store store;
    private final EachHost each;
    private final PerHost<HostUsb> usb;
    private final GuestUsb guests;
    /** Why the devices of the last look are not known; empty when they are. */
    private volatile String problem = "";

    UsbScan(Store store, Hosts hosts, PerHost<HostUsb> usb, GuestUsb guests) {
        this.store = store;
        this.each = new EachHost("USB devices", hosts, store);
        this.usb = usb;
        this.guests = guests;
    }

    /** Looks at all hosts. Called every few seconds, as devices come and go without notice. */
    public void look() {
        each.run(here -> scan(here.host()));
    }

    /** Looks at a host. When its devices cannot be known, the log has the reason and its records stay, as in XAPI. */
    void scan(Ref<Host> host) {
        try {
            scan(host, usb.of(host).devices());
            problem = "";
        } catch (IOException e) {
            if (!problem.equals(e.getMessage())) {
                problem = String.valueOf(e.getMessage());
                LOG.warn("USB devices: they stay as they were: {}", problem);
            }
        }
    }

    private synchronized void scan(Ref<Host> host, List<UsbDevice> present) {
        List<Stored<PUSB>> known = of(store.snapshot(), host);
        List<UsbDevice> fresh = new ArrayList<>(present);
        List<Stored<PUSB>> gone = new ArrayList<>();
        for (Stored<PUSB> stored : known) {
            if (!fresh.removeIf(device -> device.isOf(stored.row()))) {
                gone.add(stored);
            }
        }
        if (!fresh.isEmpty()) {
            store.change(tx -> fresh.forEach(device -> create(tx, host, device)));
        }
        gone.forEach(stored -> forget(stored.ref()));
    }

    private static List<Stored<PUSB>> of(Snapshot snapshot, Ref<Host> host) {
        return snapshot.all(PUSB.XEN_CLASS).stream()
                .filter(stored -> stored.row().get(PUSB.HOST).equals(host))
                .toList();
    }

    private static void create(Transaction tx, Ref<Host> host, UsbDevice device) {
        Ref<USBGroup> group = tx.create(Row.of(USBGroup.XEN_CLASS)
                .with(USBGroup.NAME_LABEL, "Group of " + device.vendorId() + " " + device.productId() + " USBs"));
        tx.create(device.row().with(PUSB.HOST, host).with(PUSB.USB_GROUP, group));
    }

    /** The device has been pulled out: its VM loses it, and it leaves no object behind. */
    private void forget(Ref<PUSB> pusb) {
        Snapshot before = store.snapshot();
        Ref<USBGroup> group = before.get(pusb, PUSB.USB_GROUP);
        for (Ref<VUSB> vusb : GuestUsb.of(before, group)) {
            if (before.get(vusb, VUSB.CURRENTLY_ATTACHED)) {
                try {
                    guests.detach(before, vusb);
                } catch (XenApiException e) {
                    LOG.warn("USB devices: one that is gone stays in its domain: {}", e.getMessage());
                }
            }
        }
        store.change(tx -> {
            GuestUsb.of(tx, group).forEach(tx::destroy);
            tx.destroyIfThere(pusb);
            tx.destroyIfThere(group);
        });
    }
}
