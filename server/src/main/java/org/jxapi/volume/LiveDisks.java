package org.jxapi.volume;

import java.util.List;
import org.jxapi.hypervisor.DiskImages;

/** The running guests that have volumes. */
public interface LiveDisks {
    /** The guests that have a volume of a repository now. */
    List<Guest> guests(String sr, String location);

    /** The images that the QEMU processes of domains have open. */
    DiskImages images();

    /** A guest that has a volume, and may write to it. */
    record Guest(int domid, boolean writes) {}
}
