package org.jxapi.transfer;

import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.SR;

/**
 * How to import.
 *
 * @param sr where the disks go
 * @param restore whether the VM keeps its UUID and its MAC addresses
 * @param force whether wrong checksums do not matter
 */
record ImportOptions(Ref<SR> sr, boolean restore, boolean force) {
    /** The key of the import's task in a VM's other_config and a disk's sm_config, as in XAPI. */
    static final String TASK = "import_task";
}
