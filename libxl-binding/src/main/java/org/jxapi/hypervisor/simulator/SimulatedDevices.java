package org.jxapi.hypervisor.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
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
    private final SimulatorState world;

    SimulatedDevices(SimulatorState world) {
        this.world = world;
    }

    @Override
    public <D extends Device> D add(int domid, D device) {
        world.faults.begin(operation(device) + "-add");
        if (device instanceof DiskConfig disk) {
            world.domain(domid);
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
            return device;
        } else if (device instanceof NicConfig nic) {
            AtomicReference<NicConfig> added = new AtomicReference<>();
            change(domid, null, nics -> {
                if (nics.stream().anyMatch(n -> n.devid().equals(nic.devid()))) {
                    throw new HypervisorException(LibxlError.DEVICE_EXISTS, "nic " + nic.devid() + " is there already");
                }
                added.set(numbered(nic, nics));
                nics.add(added.get());
            });
            @SuppressWarnings("unchecked")
            D result = (D) added.get();
            return result;
        }
        throw notSimulated(device.getClass());
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
        world.faults.begin(operation(device) + "-remove");
        if (device instanceof DiskConfig disk) {
            change(domid, disks -> drop(disks, d -> d.vdev().equals(disk.vdev()), disk.vdev()), null);
            world.xenstore.remove(
                    DomainDirectory.backend("vbd", domid) + "/" + DomainDirectory.diskNumber(disk.vdev()));
        } else if (device instanceof NicConfig nic) {
            change(domid, null, nics -> drop(nics, n -> isSame(nic, n), "nic " + nic.devid()));
            world.xenstore.remove(DomainDirectory.backend("vif", domid) + "/" + nic.devid());
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
            DomainDirectory.writeBackends(world, domain);
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
        SimulatedDomain domain = world.domain(domid);
        int state = DomainDirectory.state(domain);
        if (device instanceof DiskConfig disk
                && domain.config.disks().stream().anyMatch(d -> d.vdev().equals(disk.vdev()))) {
            return info(domid, "vbd", DomainDirectory.diskNumber(disk.vdev()), state);
        } else if (device instanceof NicConfig nic
                && domain.config.nics().stream().anyMatch(n -> isSame(nic, n))) {
            return info(domid, "vif", nic.devid() == null ? 0 : nic.devid(), state);
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
        world.faults.begin("cdrom-insert");
        SimulatedDomains.checkDisk(disc);
        change(
                domid,
                disks -> {
                    if (disks.stream().anyMatch(d -> d.vdev().equals(disc.vdev()) && !d.isCdrom())) {
                        throw new HypervisorException(LibxlError.INVAL, disc.vdev() + " is not a CD drive");
                    }
                    drop(disks, d -> d.vdev().equals(disc.vdev()), "drive " + disc.vdev());
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
