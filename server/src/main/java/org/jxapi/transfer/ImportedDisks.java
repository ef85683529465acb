package org.jxapi.transfer;

import java.util.Optional;
import org.jxapi.datamodel.Ref;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.xenapi.VDI;

/** Gives the disks of an archive their disks here. */
interface ImportedDisks {
    /**
     * The disk here for a disk of the archive; empty when the VMs do without it.
     *
     * @param sr its repository in the archive
     */
    Optional<Ref<VDI>> of(Item vdi, Item sr);
}
