package org.jxapi.usb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.domain.HypervisorErrors;
import org.jxapi.hypervisor.Devices;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.UsbControllerConfig;
import org.jxapi.hypervisor.UsbControllerType;
import org.jxapi.hypervisor.UsbDeviceConfig;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.local.VmDomain;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.PUSB;
import org.jxapi.xenapi.USBGroup;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VUSB;
import org.jxapi.xenapi.VmPowerState;

/** The USB devices of domains, which QEMU shows to their guests in a controller of its own. */
public final class GuestUsb {
    /** XHCI has ports for devices of all speeds, and one for each VUSB that a VM may have. */
    private static final int XHCI = 3;

    private static final UsbControllerConfig CONTROLLER =
            new UsbControllerConfig(0, 0, UsbControllerType.DEVICEMODEL, XHCI, VusbRules.MOST);

    private final Store store;
    private final Hosts hosts;
    private final PerHost<HostUsb> usb;

    public GuestUsb(Store store, Hosts hosts, PerHost<HostUsb> usb) {
        this.store = store;
        this.hosts = hosts;
        this.usb = usb;
    }

    /** The VUSBs of a group. */
    static List<Ref<VUSB>> of(Snapshot snapshot, Ref<USBGroup> group) {
        return snapshot.find(group)
                .map(stored -> List.copyOf(stored.row().get(USBGroup.VUSBS)))
                .orElse(List.of());
    }

    /** The VUSBs that a VM gets with a new domain: all when it starts, and those that it has when it reboots. */
    private static List<Ref<VUSB>> wanted(Snapshot snapshot, Ref<VM> vm) {
        boolean starts = snapshot.get(vm, VM.POWER_STATE) == VmPowerState.HALTED;
        return snapshot.get(vm, VM.VUSBS).stream()
                .filter(vusb -> starts || snapshot.get(vusb, VUSB.CURRENTLY_ATTACHED))
                .toList();
    }

    /** Gives a new domain the devices of its VM. */
    public void attach(Ref<VM> vm, VmDomain domain) {
        Snapshot snapshot = store.snapshot();
        List<UsbDeviceConfig> devices = new ArrayList<>();
        for (Ref<VUSB> vusb : wanted(snapshot, vm)) {
            UsbDevice device = device(snapshot, vusb)
                    .orElseThrow(() -> Errors.operationNotAllowed("VUSB " + vusb.value() + " is not available on Host "
                            + domain.host().value()));
            devices.add(new UsbDeviceConfig(0, devices.size() + 1, device.bus(), device.address()));
        }
        if (!devices.isEmpty()) {
            domain.hypervisor().devices().add(domain.domid(), CONTROLLER);
            devices.forEach(device -> domain.hypervisor().devices().add(domain.domid(), device));
        }
    }

    /** Takes a device from the domain of its VM; one that the domain has lost by itself is fine. */
    void detach(Snapshot snapshot, Ref<VUSB> vusb) {
        Ref<VM> vm = snapshot.get(vusb, VUSB.VM);
        VmDomain domain = hosts.domain(snapshot, vm);
        try {
            Devices devices = domain.hypervisor().devices();
            Optional<UsbDevice> wanted = device(snapshot, vusb);
            for (UsbDeviceConfig device : devices.list(domain.domid(), UsbDeviceConfig.class)) {
                if (wanted.isEmpty()
                        ? !present(domain, device)
                        : device.hostbus() == wanted.get().bus()
                                && device.hostaddr() == wanted.get().address()) {
                    devices.remove(domain.domid(), device);
                }
            }
        } catch (HypervisorException e) {
            throw HypervisorErrors.ofUnplug(snapshot, vm, "VUSB", vusb.value(), e);
        }
    }

    private boolean present(VmDomain domain, UsbDeviceConfig device) {
        return devices(domain).stream()
                .anyMatch(other -> other.bus() == device.hostbus() && other.address() == device.hostaddr());
    }

    private List<UsbDevice> devices(VmDomain domain) {
        try {
            return usb.of(domain.hypervisor()).devices();
        } catch (IOException e) {
            throw Errors.internalError(String.valueOf(e.getMessage()));
        }
    }

    /** The device that a VUSB stands for, as it is plugged into its host now. */
    private Optional<UsbDevice> device(Snapshot snapshot, Ref<VUSB> vusb) {
        return snapshot.get(snapshot.get(vusb, VUSB.USB_GROUP), USBGroup.PUSBS).stream()
                .findFirst()
                .flatMap(pusb -> {
                    Row<PUSB> row = snapshot.row(pusb);
                    try {
                        return usb.of(row.get(PUSB.HOST)).devices().stream()
                                .filter(device -> device.isOf(row))
                                .findFirst();
                    } catch (IOException e) {
                        throw Errors.internalError(String.valueOf(e.getMessage()));
                    }
                });
    }
}
