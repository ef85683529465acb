package org.jxapi.storage;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;

/** A storage repository that this host reaches: a PBD is plugged. */
record SrFolder(Ref<SR> sr, Driver driver, Path folder) {
    /** The repository; SR_HAS_NO_PBDS when no plugged PBD leads there. */
    static SrFolder of(Snapshot snapshot, Ref<SR> sr) {
        for (Ref<PBD> pbd : snapshot.get(sr, SR.PBDS)) {
            Row<PBD> row = snapshot.row(pbd);
            if (row.get(PBD.CURRENTLY_ATTACHED)) {
                Driver driver = Drivers.of(snapshot, sr);
                return new SrFolder(sr, driver, driver.folder(row.get(PBD.DEVICE_CONFIG)));
            }
        }
        throw Errors.srHasNoPbds(sr.value());
    }

    /** The file of a disk. */
    Path file(String location) {
        try {
            Path file = folder.resolve(driver.fileName(location)).normalize();
            if (folder.equals(file.getParent())) {
                return file;
            }
        } catch (InvalidPathException e) {
            // No file system has such a name, so no disk has it either.
        }
        throw Errors.vdiLocationMissing(sr.value(), location);
    }

    /** The repository's numbers, in bytes, as XenServer's file repositories count: those of the whole file system. */
    record Usage(long size, long used) {}

    Usage usage() {
        // Not by a FileStore: in a chroot Java finds no mount point for files outside any that the chroot can see.
        File file = folder.toFile();
        long size = file.getTotalSpace();
        if (size == 0) {
            throw SmFailure.SR_UNAVAILABLE.error("no such directory " + folder);
        }
        return new Usage(size, size - file.getFreeSpace());
    }

    /** Writes the numbers into the SR, with the sum of its disks' sizes. */
    void record(Transaction tx, Usage usage) {
        if (tx.find(sr).isEmpty()) {
            return;
        }
        long allocated = 0;
        for (Ref<VDI> vdi : tx.get(sr, SR.VDIS)) {
            allocated += tx.get(vdi, VDI.VIRTUAL_SIZE);
        }
        tx.set(sr, SR.VIRTUAL_ALLOCATION, allocated);
        tx.set(sr, SR.PHYSICAL_SIZE, usage.size());
        tx.set(sr, SR.PHYSICAL_UTILISATION, usage.used());
    }
}
