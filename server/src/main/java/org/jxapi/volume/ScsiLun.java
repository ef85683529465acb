package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A SCSI disk that the host has already, by its SCSI id.
 *
 * @param force whether a new volume group may take the place of what is on it
 */
record ScsiLun(ScsiDisks disks, String scsiId, boolean force) implements GroupDevices {
    @Override
    public String place() {
        return "SCSI disk " + scsiId;
    }

    @Override
    public boolean remote() {
        return true;
    }

    @Override
    public List<Path> connect() {
        return List.of(path());
    }

    private Path path() {
        try {
            Path path = disks.find(scsiId)
                    .orElseThrow(() -> SmFailure.SCSI_ID_MISSING.error("no disk has the SCSI id " + scsiId));
            new SilentDisks(disks.sys()).refuse(path);
            return path;
        } catch (IOException e) {
            throw SmFailure.EIO.error(e);
        }
    }

    @Override
    public void disconnect() {
        // The disk stays where it is.
    }

    @Override
    public List<Path> prepare() {
        return LocalDevices.prepare(List.of(BlockDevice.named(path().toString())), force);
    }
}
