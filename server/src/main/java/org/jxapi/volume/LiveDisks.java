package org.jxapi.volume;

import java.util.List;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.xenapi.Errors;

/** The running guests that have volumes. */
public interface LiveDisks {
    /** The guests that have a volume of a repository now, also those of other machines. */
    List<Guest> guests(String sr, String location);

    /**
     * The guests of this machine that have a volume. OPERATION_NOT_ALLOWED if one of another machine has it: only that machine
     * can ask its QEMU, and a change behind QEMU's back would damage the disk.
     */
    default List<Guest> guestsHere(String sr, String location) {
        List<Guest> guests = guests(sr, location);
        if (!guests.stream().allMatch(Guest::here)) {
            throw Errors.operationNotAllowed(
                    "Volume " + location + " is in use by a VM of another host. Shut the VM down and try again.");
        }
        return guests;
    }

    /** The images that the QEMU processes of domains have open. */
    DiskImages images();

    /**
     * A guest that has a volume, and may write to it.
     *
     * @param domid of its domain, on its machine
     * @param here whether that is this machine
     */
    record Guest(int domid, boolean writes, boolean here) {}
}
