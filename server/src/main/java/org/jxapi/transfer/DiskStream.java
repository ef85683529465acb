package org.jxapi.transfer;

import org.jxapi.storage.OpenDisk;

/**
 * A disk image that comes through a stream, in any format that its first bytes show: qcow2, VHD, VHDX, VMDK or raw. Its
 * tables have been read, its contents have not. All errors in it are VDI_IO_ERROR.
 */
public interface DiskStream extends AutoCloseable {
    /** The size of the disk, in bytes. */
    long bytes();

    /** Writes the contents to a disk that holds nothing yet. */
    void write(OpenDisk disk, Progress progress);

    @Override
    void close();
}
