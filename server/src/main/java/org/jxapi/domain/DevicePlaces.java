package org.jxapi.domain;

import java.util.HashSet;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VM;

/** The places of a VM's disks in its guest. As in XAPI, each start and plug computes them from {@code userdevice}. */
public final class DevicePlaces {
    private DevicePlaces() {}

    /** Gives all VBDs of a VM the devices that they ask for; INVALID_DEVICE or DEVICE_ALREADY_EXISTS when they cannot. */
    public static void settle(Transaction tx, Ref<VM> vm) {
        Set<String> taken = new HashSet<>();
        for (Ref<VBD> vbd : tx.get(vm, VM.VBDS)) {
            String device = device(tx, vbd);
            if (!taken.add(device)) {
                throw Errors.deviceAlreadyExists(tx.get(vbd, VBD.USERDEVICE));
            }
            tx.set(vbd, VBD.DEVICE, device);
        }
    }

    /** Gives a VBD that is about to be plugged the device that it asks for, unless another has it. */
    public static void settleOne(Transaction tx, Ref<VBD> vbd) {
        String device = device(tx, vbd);
        for (Ref<VBD> other : tx.get(tx.get(vbd, VBD.VM), VM.VBDS)) {
            if (!other.equals(vbd) && tx.get(other, VBD.DEVICE).equals(device)) {
                throw Errors.deviceAlreadyExists(tx.get(vbd, VBD.USERDEVICE));
            }
        }
        tx.set(vbd, VBD.DEVICE, device);
    }

    private static String device(Snapshot snapshot, Ref<VBD> vbd) {
        String wanted = snapshot.get(vbd, VBD.USERDEVICE);
        return DeviceName.parse(wanted)
                .orElseThrow(() -> Errors.invalidDevice(wanted))
                .vdev();
    }
}
