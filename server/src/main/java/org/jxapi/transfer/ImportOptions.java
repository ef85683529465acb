package org.jxapi.transfer;

import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.SR;

/**
 * How to import.
 *
 * @param sr where the disks go; the null reference when they are here already, and only the VMs come
 * @param restore whether the VM keeps its UUID and its MAC addresses
 * @param force whether wrong checksums and missing disks do not matter
 * @param dryRun whether the archive is only checked
 * @param diskMap for disks that are here already: UUIDs or SCSI identifiers of disks in the archive, with those of the
 *     disks here
 */
record ImportOptions(Ref<SR> sr, boolean restore, boolean force, boolean dryRun, Map<String, String> diskMap) {
    /** The key of the import's task in a VM's other_config and a disk's sm_config, as in XAPI. */
    static final String TASK = "import_task";
    /** The key in other_config that names the object here that takes the place of one in the archive. */
    static final String MAPS_TO = "maps_to";

    /** For an archive with disks. */
    static ImportOptions withDisks(Ref<SR> sr, boolean restore, boolean force) {
        return new ImportOptions(sr, restore, force, false, Map.of());
    }

    /** For an archive without disks. */
    static ImportOptions ofMetadata(boolean restore, boolean force, boolean dryRun, Map<String, String> diskMap) {
        return new ImportOptions(Ref.nil(), restore, force, dryRun, diskMap);
    }

    /** Whether the disks are here already. */
    boolean metadata() {
        return sr.isNull();
    }
}
