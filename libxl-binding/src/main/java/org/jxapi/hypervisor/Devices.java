package org.jxapi.hypervisor;

import java.util.List;

/** Devices of domains, all kinds alike. */
public interface Devices {
    /**
     * Plugs a device in and waits until its backend is ready. {@link LibxlError#DEVICE_EXISTS} when the domain has one
     * in that place, {@link LibxlError#INVAL} when a disk's file is not there. The methods below fail with {@link
     * LibxlError#NOTFOUND} for a device that the domain has not.
     *
     * @return the device with what libxl chose, such as {@code devid}
     */
    <D extends Device> D add(int domid, D device);

    /** Unplugs a device and waits for the guest to let go; {@link LibxlError#TIMEDOUT} or so when it does not. */
    void remove(int domid, Device device);

    /** Takes a device away without asking the guest. */
    void destroy(int domid, Device device);

    /** Returns the domain's devices of one kind. */
    <D extends Device> List<D> list(int domid, Class<D> kind);

    /** Returns how a disk, nic, channel, vtpm, vkb or USB controller is connected. */
    DeviceInfo info(int domid, Device device);

    /**
     * Changes the disc in an HVM domain's CD drive; {@link DiskFormat#EMPTY} takes it out. {@link LibxlError#INVAL} when
     * it is another kind of disk.
     */
    void cdromInsert(int domid, DiskConfig disc);

    /** Takes the disc out of an HVM domain's CD drive. */
    default void cdromEject(int domid, String vdev) {
        cdromInsert(domid, DiskConfig.cdrom(null, vdev));
    }

    /** Makes a host PCI device assignable, so that it can be added to domains. */
    void pciAssignableAdd(PciConfig device, boolean rebind);

    /** Undoes {@link #pciAssignableAdd}. */
    void pciAssignableRemove(PciConfig device, boolean rebind);

    List<PciConfig> pciAssignableList();
}
