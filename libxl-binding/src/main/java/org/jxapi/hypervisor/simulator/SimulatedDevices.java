package org.jxapi.hypervisor.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jxapi.hypervisor.Device;
import org.jxapi.hypervisor.DeviceInfo;
import org.jxapi.hypervisor.Devices;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.PciConfig;

/** Disks and network interfaces of simulated domains; other kinds of devices are not simulated. */
final class SimulatedDevices implements Devices {
    private final World world;

    SimulatedDevices(World world) {
        this.world = world;
    }

    @Override
    public <D extends Device> D add(int domid, D device) {
        world.faults.begin(operation(device) + "-add");
        if (device instanceof DiskConfig disk) {
            SimulatedDomains.checkDisk(disk);
            change(
                    domid,
                    disks -> {
                        if (disks.stream().anyMatch(d -> d.vdev().equals(disk.vdev()))) {
                            throw new HypervisorException(LibxlError.DEVICE_EXISTS, disk.vdev() + " is there already");
                        }
                        disks.add(disk);
                    },
                    null);
        } else if (device instanceof NicConfig nic) {
            change(domid, null, nics -> {
                if (nics.stream().anyMatch(n -> n.devid() != null && n.devid().equals(nic.devid()))) {
                    throw new HypervisorException(LibxlError.DEVICE_EXISTS, "nic " + nic.devid() + " is there already");
                }
                nics.add(nic);
            });
        } else {
            throw notSimulated(device.getClass());
        }
        return device;
    }

    @Override
    public void remove(int domid, Device device) {
        world.faults.begin(operation(device) + "-remove");
        if (device instanceof DiskConfig disk) {
            change(domid, disks -> drop(disks, d -> d.vdev().equals(disk.vdev()), disk.vdev()), null);
        } else if (device instanceof NicConfig nic) {
            change(
                    domid,
                    null,
                    nics -> drop(
                            nics,
                            n -> nic.devid() == null
                                    ? n.mac().equals(nic.mac())
                                    : nic.devid().equals(n.devid()),
                            "nic " + nic.devid()));
        } else {
            throw notSimulated(device.getClass());
        }
    }

    private static <D> void drop(List<D> devices, Predicate<D> which, String name) {
        if (!devices.removeIf(which)) {
            throw new HypervisorException(LibxlError.NOTFOUND, "there is no " + name);
        }
    }

    private void change(
            int domid,
            java.util.function.Consumer<List<DiskConfig>> disks,
            java.util.function.Consumer<List<NicConfig>> nics) {
        synchronized (world) {
            SimulatedDomain domain = world.domain(domid);
            List<DiskConfig> newDisks = new ArrayList<>(domain.config.disks());
            List<NicConfig> newNics = new ArrayList<>(domain.config.nics());
            if (disks != null) {
                disks.accept(newDisks);
            }
            if (nics != null) {
                nics.accept(newNics);
            }
            DomainConfig.Builder builder = domain.config.toBuilder();
            domain.config = builder.disks(newDisks).nics(newNics).build();
            world.save(domain);
        }
    }

    @Override
    public void destroy(int domid, Device device) {
        remove(domid, device);
    }

    @Override
    public <D extends Device> List<D> list(int domid, Class<D> kind) {
        DomainConfig config = world.domain(domid).config;
        List<Device> all = new ArrayList<>(config.disks());
        all.addAll(config.nics());
        return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Override
    public DeviceInfo info(int domid, Device device) {
        throw notSimulated(DeviceInfo.class);
    }

    @Override
    public void cdromInsert(int domid, DiskConfig disc) {
        world.faults.begin("cdrom-insert");
        SimulatedDomains.checkDisk(disc);
        change(
                domid,
                disks -> {
                    drop(disks, d -> d.vdev().equals(disc.vdev()) && d.isCdrom(), "cdrom " + disc.vdev());
                    disks.add(disc);
                },
                null);
    }

    @Override
    public void pciAssignableAdd(PciConfig device, boolean rebind) {
        throw notSimulated(PciConfig.class);
    }

    @Override
    public void pciAssignableRemove(PciConfig device, boolean rebind) {
        throw notSimulated(PciConfig.class);
    }

    @Override
    public List<PciConfig> pciAssignableList() {
        return List.of();
    }

    private static String operation(Device device) {
        return device instanceof DiskConfig ? "disk" : device instanceof NicConfig ? "nic" : "device";
    }

    static HypervisorException notSimulated(Class<?> what) {
        return new HypervisorException(LibxlError.NI, what.getSimpleName() + " is not simulated");
    }
}
