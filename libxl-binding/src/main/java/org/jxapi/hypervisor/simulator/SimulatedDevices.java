package org.jxapi.hypervisor.simulator;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jxapi.hypervisor.Device;
import org.jxapi.hypervisor.DeviceInfo;
import org.jxapi.hypervisor.Devices;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.PciConfig;
import org.jxapi.hypervisor.UsbControllerConfig;
import org.jxapi.hypervisor.UsbDeviceConfig;

/** Disks, network interfaces and USB devices of simulated domains; other kinds of devices are not simulated. */
final class SimulatedDevices implements Devices {
    private final SimulatorState state;

    SimulatedDevices(SimulatorState state) {
        this.state = state;
    }

    @Override
    public <D extends Device> D add(int domid, D device) {
        state.begin(operation(device) + "-add", domid);
        if (device instanceof DiskConfig disk) {
            state.domain(domid);
            checkDisk(disk);
            changeDisks(domid, disks -> {
                if (disks.stream().anyMatch(d -> d.vdev().equals(disk.vdev()))) {
                    throw new HypervisorException(LibxlError.DEVICE_EXISTS, disk.vdev() + " is there already");
                }
                disks.add(disk);
            });
            return device;
        } else if (device instanceof NicConfig nic) {
            @SuppressWarnings("unchecked")
            D added = (D) addNic(domid, nic);
            return added;
        } else if (device instanceof UsbControllerConfig || device instanceof UsbDeviceConfig) {
            new UsbOfDomains(state).add(domid, device);
            return device;
        }
        throw notSimulated(device.getClass());
    }

    private NicConfig addNic(int domid, NicConfig nic) {
        synchronized (state) {
            List<NicConfig> present = state.domain(domid).config.nics();
            if (nic.devid() != null
                    && present.stream().anyMatch(n -> nic.devid().equals(n.devid()))) {
                throw new HypervisorException(LibxlError.DEVICE_EXISTS, "nic " + nic.devid() + " is there already");
            }
            NicConfig added = numbered(nic, present);
            changeNics(domid, nics -> nics.add(added));
            return added;
        }
    }

    static void checkDisk(DiskConfig disk) {
        if (disk.pdevPath() != null && !Files.exists(Path.of(disk.pdevPath()))) {
            throw new HypervisorException(LibxlError.INVAL, "the disk is not there: " + disk.pdevPath());
        }
    }

    /** Returns a nic with a number: its own, or the next after all others. */
    static NicConfig numbered(NicConfig nic, List<NicConfig> others) {
        if (nic.devid() != null) {
            return nic;
        }
        int highest = others.stream()
                .map(NicConfig::devid)
                .filter(Objects::nonNull)
                .mapToInt(Integer::intValue)
                .max()
                .orElse(-1);
        return nic.toBuilder().devid(highest + 1).build();
    }

    @Override
    public void remove(int domid, Device device) {
        state.begin(operation(device) + "-remove", domid);
        if (device instanceof DiskConfig disk) {
            changeDisks(domid, disks -> drop(disks, d -> d.vdev().equals(disk.vdev()), disk.vdev()));
            state.xenstore.remove(
                    DomainDirectory.backend("vbd", domid) + "/" + DomainDirectory.diskNumber(disk.vdev()));
        } else if (device instanceof NicConfig nic) {
            changeNics(domid, nics -> drop(nics, n -> isSame(nic, n), "nic " + nic.devid()));
            state.xenstore.remove(DomainDirectory.backend("vif", domid) + "/" + nic.devid());
        } else if (device instanceof UsbControllerConfig || device instanceof UsbDeviceConfig) {
            new UsbOfDomains(state).remove(domid, device);
        } else {
            throw notSimulated(device.getClass());
        }
    }

    private static <D> void drop(List<D> devices, Predicate<D> which, String name) {
        if (!devices.removeIf(which)) {
            throw new HypervisorException(LibxlError.NOTFOUND, "there is no " + name);
        }
    }

    private void changeDisks(int domid, Consumer<List<DiskConfig>> change) {
        change(domid, config -> {
            List<DiskConfig> disks = new ArrayList<>(config.disks());
            change.accept(disks);
            return config.toBuilder().disks(disks).build();
        });
    }

    private void changeNics(int domid, Consumer<List<NicConfig>> change) {
        change(domid, config -> {
            List<NicConfig> nics = new ArrayList<>(config.nics());
            change.accept(nics);
            return config.toBuilder().nics(nics).build();
        });
    }

    private void change(int domid, UnaryOperator<DomainConfig> change) {
        synchronized (state) {
            SimulatedDomain domain = state.domain(domid);
            domain.config = change.apply(domain.config);
            state.save(domain);
            DomainDirectory.writeBackends(state.xenstore, domain);
        }
    }

    @Override
    public void destroy(int domid, Device device) {
        remove(domid, device);
    }

    @Override
    public <D extends Device> List<D> list(int domid, Class<D> kind) {
        DomainConfig config = state.domain(domid).config;
        List<Device> all = new ArrayList<>(config.disks());
        all.addAll(config.nics());
        all.addAll(config.usbctrls());
        all.addAll(config.usbdevs());
        return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Override
    public DeviceInfo info(int domid, Device device) {
        SimulatedDomain domain = state.domain(domid);
        int xenbus = DomainDirectory.xenbusState(domain);
        if (device instanceof DiskConfig disk
                && domain.config.disks().stream().anyMatch(d -> d.vdev().equals(disk.vdev()))) {
            return info(domid, "vbd", DomainDirectory.diskNumber(disk.vdev()), xenbus);
        } else if (device instanceof NicConfig nic
                && domain.config.nics().stream().anyMatch(n -> isSame(nic, n))) {
            return info(domid, "vif", nic.devid() == null ? 0 : nic.devid(), xenbus);
        } else if (device instanceof DiskConfig || device instanceof NicConfig) {
            throw new HypervisorException(LibxlError.NOTFOUND, "domain " + domid + " has no such device");
        }
        throw notSimulated(device.getClass());
    }

    private static DeviceInfo info(int domid, String kind, int devid, int state) {
        return new DeviceInfo(
                "/local/domain/0/backend/" + kind + "/" + domid + "/" + devid,
                0,
                "/local/domain/" + domid + "/device/" + kind + "/" + devid,
                domid,
                devid,
                state,
                -1,
                -1);
    }

    private static boolean isSame(NicConfig asked, NicConfig nic) {
        return asked.devid() == null
                ? nic.mac() != null && nic.mac().equalsIgnoreCase(asked.mac())
                : asked.devid().equals(nic.devid());
    }

    @Override
    public void cdromInsert(int domid, DiskConfig disc) {
        state.begin("cdrom-insert", domid);
        checkDisk(disc);
        changeDisks(domid, disks -> {
            if (disks.stream().anyMatch(d -> d.vdev().equals(disc.vdev()) && !d.isCdrom())) {
                throw new HypervisorException(LibxlError.INVAL, disc.vdev() + " is not a CD drive");
            }
            drop(disks, d -> d.vdev().equals(disc.vdev()), "drive " + disc.vdev());
            disks.add(disc);
        });
    }

    @Override
    public void pciAssignableAdd(PciConfig device, boolean rebind) {
        state.assignable.add(device);
    }

    @Override
    public void pciAssignableRemove(PciConfig device, boolean rebind) {
        state.assignable.remove(device);
    }

    @Override
    public List<PciConfig> pciAssignableList() {
        return List.copyOf(state.assignable);
    }

    private static String operation(Device device) {
        return device instanceof DiskConfig ? "disk" : device instanceof NicConfig ? "nic" : "device";
    }

    static HypervisorException notSimulated(Class<?> what) {
        return new HypervisorException(LibxlError.NI, what.getSimpleName() + " is not simulated");
    }
}
