package org.jxapi.usb;

import org.jxapi.datamodel.MessageTable;
import org.jxapi.dispatch.Call;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.operation.Operations;
import org.jxapi.store.Store;
import org.jxapi.xenapi.PUSBMessages;
import org.jxapi.xenapi.USBGroupMessages;
import org.jxapi.xenapi.VUSBMessages;

/** The messages about USB devices, and the look at those of the hosts. */
public final class Usb {
    private final UsbScan scan;
    private final PusbService pusbs;
    private final UsbGroupService groups;
    private final VusbService vusbs;

    public Usb(Store store, Hosts hosts, Operations operations, PerHost<HostUsb> usb, GuestUsb guests) {
        this.scan = new UsbScan(store, hosts, usb, guests);
        this.pusbs = new PusbService(store, scan);
        this.groups = new UsbGroupService(store);
        this.vusbs = new VusbService(store, operations, guests);
        store.addDerivation(new VusbAllowedOperations());
    }

    public void bind(MessageTable<Call> table) {
        PUSBMessages.bind(table, pusbs);
        USBGroupMessages.bind(table, groups);
        VUSBMessages.bind(table, vusbs);
    }

    /** Brings the PUSBs of all hosts up to date; called every few seconds. */
    public void look() {
        scan.look();
    }
}
