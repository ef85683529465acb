package org.jxapi.hypervisor.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jxapi.hypervisor.Device;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.UsbControllerConfig;
import org.jxapi.hypervisor.UsbDeviceConfig;

/** USB controllers of simulated domains, and the machine's devices in their ports, with libxl's refusals. */
record UsbOfDomains(SimulatorState state) {
    void add(int domid, Device device) {
        synchronized (state) {
            SimulatedDomain domain = state.domain(domid);
            List<UsbControllerConfig> controllers = new ArrayList<>(domain.config.usbctrls());
            List<UsbDeviceConfig> devices = new ArrayList<>(domain.config.usbdevs());
            if (device instanceof UsbControllerConfig controller) {
                if (controllers.stream().anyMatch(other -> Objects.equals(other.devid(), controller.devid()))) {
                    throw new HypervisorException(
                            LibxlError.DEVICE_EXISTS, "controller " + controller.devid() + " is there already");
                }
                controllers.add(controller);
            } else if (device instanceof UsbDeviceConfig usb) {
                check(usb, controllers, devices);
                devices.add(usb);
            }
            set(domain, controllers, devices);
        }
    }

    private void check(UsbDeviceConfig usb, List<UsbControllerConfig> controllers, List<UsbDeviceConfig> devices) {
        boolean present = state.usb.all().stream()
                .anyMatch(device -> device.bus() == usb.hostbus() && device.address() == usb.hostaddr());
        if (!present) {
            throw new HypervisorException(
                    LibxlError.INVAL, "USB device " + usb.hostbus() + "." + usb.hostaddr() + " is not there");
        }
        boolean taken = state.all().stream()
                .flatMap(domain -> domain.config.usbdevs().stream())
                .anyMatch(same(usb));
        if (taken) {
            throw new HypervisorException(LibxlError.INVAL, "the USB device has a domain already");
        }
        UsbControllerConfig controller = controllers.stream()
                .filter(other -> Objects.equals(other.devid(), usb.ctrl()))
                .findFirst()
                .orElseThrow(() -> new HypervisorException(LibxlError.FAIL, "there is no controller " + usb.ctrl()));
        boolean full = devices.stream()
                .anyMatch(other -> Objects.equals(other.ctrl(), usb.ctrl()) && other.port() == usb.port());
        if (full || usb.port() < 1 || usb.port() > controller.ports()) {
            throw new HypervisorException(LibxlError.INVAL, "port " + usb.port() + " cannot be had");
        }
    }

    private static Predicate<UsbDeviceConfig> same(UsbDeviceConfig usb) {
        return other -> other.hostbus() == usb.hostbus() && other.hostaddr() == usb.hostaddr();
    }

    void remove(int domid, Device device) {
        synchronized (state) {
            SimulatedDomain domain = state.domain(domid);
            List<UsbControllerConfig> controllers = new ArrayList<>(domain.config.usbctrls());
            List<UsbDeviceConfig> devices = new ArrayList<>(domain.config.usbdevs());
            boolean found = device instanceof UsbDeviceConfig usb
                    ? devices.removeIf(same(usb))
                    : device instanceof UsbControllerConfig controller
                            && controllers.removeIf(other -> Objects.equals(other.devid(), controller.devid()));
            if (!found) {
                throw new HypervisorException(LibxlError.NOTFOUND, "domain " + domid + " has no such USB device");
            }
            set(domain, controllers, devices);
        }
    }

    private void set(SimulatedDomain domain, List<UsbControllerConfig> controllers, List<UsbDeviceConfig> devices) {
        domain.config =
                domain.config.toBuilder().usbctrls(controllers).usbdevs(devices).build();
        state.save(domain);
    }
}
