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

    /**
     * Copies a disk to another image while the guest runs. When this returns, both images hold the same, and QEMU makes
     * each write of the guest in both before the guest learns that it is done, until {@link #pivot} or {@link #endMirror}.
     *
     * @param target an empty qcow2 image of the same size without a backing file
     * @param progress gets the fraction that is done, from 0 to 1; an exception from it ends the mirror
     */
    void mirror(int domid, Path active, Path target, DoubleConsumer progress);

    /**
     * Makes the guest use the target of a mirror alone. It may be repeated, also by another process.
     *
     * @return false when the mirror has failed: the guest goes on with the image that it had
     */
    boolean pivot(int domid, Path target);

    /** Ends a mirror; the guest goes on with the image that it had. A mirror that is not there is no error. */
    void endMirror(int domid, Path target);

    /** The same for all mirrors that an earlier run of the daemon has left. */
    void endMirrors(int domid);

    /**
     * Writes all that QEMU has of the images of a suspended guest, and has it write no more, so that another host may open
     * them. {@link Domains#resume} takes them back. For an HVM guest libxl does both.
     */
    void handOver(int domid);

    /** Closes images that no disk of the guest uses any more. */
    void closeUnused(int domid);
}
