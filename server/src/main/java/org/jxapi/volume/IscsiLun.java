package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A LUN of an iSCSI target, by its SCSI id.
 *
 * @param scsiId empty as long as it is not chosen
 * @param force whether a new volume group may take the place of what is on it
 */
record IscsiLun(IscsiTarget target, String scsiId, boolean force) implements GroupDevices {
    /** The same LUN has the same place for type lvmohba, which finds it while there is a session. */
    @Override
    public String place() {
        return scsiId.isEmpty() ? "an unknown LUN of iSCSI target " + target.iqn() : "SCSI disk " + scsiId;
    }

    @Override
    public boolean remote() {
        return true;
    }

    /** Without a name of the target or the LUN, the error has those that there are. */
    @Override
    public List<Path> connect() {
        if (target.iqn().isEmpty()) {
            throw SmFailure.IQN_MISSING.withChoices(target.targets());
        }
        if (scsiId.isEmpty()) {
            throw SmFailure.SCSI_ID_MISSING.withChoices(target.choices());
        }
        boolean fresh = target.connect();
        boolean found = false;
        try {
            Path path = find();
            found = true;
            return List.of(path);
        } finally {
            if (fresh && !found) {
                target.disconnect();
            }
        }
    }

    private Path find() {
        if (target.lun(scsiId).isEmpty()) {
            throw SmFailure.SCSI_ID_MISSING.error(
                    "iSCSI target " + target.iqn() + " offers this host no LUN with the SCSI id " + scsiId);
        }
        try {
            // A map of all paths comes before a path.
            ScsiDisks disks = target.access().host().disks();
            Path path = disks.find(scsiId).orElseThrow(SmFailure.ISCSI_DEVICE::error);
            new SilentDisks(disks.sys()).refuse(path);
            return path;
        } catch (IOException e) {
            throw SmFailure.EIO.error(e);
        }
    }

    @Override
    public void disconnect() {
        target.disconnect();
    }

    @Override
    public List<Path> prepare() {
        Path path = connect().get(0);
        boolean ready = false;
        try {
            List<Path> prepared = LocalDevices.prepare(List.of(BlockDevice.named(path.toString())), force);
            ready = true;
            return prepared;
        } finally {
            if (!ready) {
                target.disconnect();
            }
        }
    }
}
