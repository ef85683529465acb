package org.jxapi.hypervisor;

import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * Images of disks that the QEMU of a running domain has open. QEMU gives such an image an overlay, merges it, or makes it
 * larger while the guest runs. An image is named by any path that leads to its file.
 */
public interface DiskImages {
    /** Whether QEMU serves the qcow2 disks of domains. Only that QEMU may then change their images. */
    boolean served();

    /** Whether the domain's QEMU has the image open, as the one that the guest writes to or as one behind it. */
    boolean isOpen(int domid, Path image);

    /**
     * Makes the guest write to overlays from one moment on, for all disks together. If one fails, none has an effect.
     */
    void snapshot(int domid, List<Overlay> overlays);

    /**
     * An overlay for an image.
     *
     * @param active the image that the guest writes to
     * @param overlay an empty qcow2 image, whose backing file is the active image
     */
    record Overlay(Path active, Path overlay) {}

    /**
     * Merges an image that the guest does not write to into the one directly behind it. QEMU does not have it open any more
     * then.
     *
     * @param active the image that the guest writes to
     * @param recorded the backing file that the image above {@code top} records from then on
     * @param progress gets the fraction that is done, from 0 to 1; an exception from it cancels the merge
     */
    void merge(int domid, Path active, Path top, Path base, String recorded, DoubleConsumer progress);

    /** Makes a disk larger, in bytes; the guest learns of it. */
    void resize(int domid, Path active, long bytes);
}
