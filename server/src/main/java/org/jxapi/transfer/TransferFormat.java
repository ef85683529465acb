package org.jxapi.transfer;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.storage.ComparedDisk;
import org.jxapi.storage.DiskContents;
import org.jxapi.storage.OpenDisk;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VDI;

/** A form that a disk takes on its way. */
enum TransferFormat {
    RAW("raw", Transfer.BYTES) {
        @Override
        void write(Stored<VDI> vdi, OpenDisk disk, Outgoing out, Progress progress) {
            RawDisk.write(disk, out, progress);
        }

        @Override
        long length(OpenDisk disk) {
            return disk.bytes();
        }

        @Override
        void read(Transfer transfer, Incoming in, DiskContents contents, Ref<VDI> vdi, TransferMemory room) {
            boolean chunked = transfer.head().param("chunked") != null;
            long bytes = transfer.call().store().snapshot().get(vdi, VDI.VIRTUAL_SIZE);
            boolean whole = !chunked && RawDisk.whole(transfer.length(), bytes);
            contents.overwrite(transfer.call(), vdi, whole, disk -> {
                transfer.accept();
                Progress progress = new Progress(transfer.call(), disk.bytes());
                if (chunked) {
                    RawDisk.readChunked(disk, in, progress);
                } else {
                    RawDisk.read(disk, in, transfer.length(), progress);
                }
            });
        }
    },
    VHD("vhd", "application/vhd") {
        @Override
        void write(Stored<VDI> vdi, OpenDisk disk, Outgoing out, Progress progress) {
            VhdWriter.write(vdi.ref().value(), id(vdi), disk, out, progress);
        }

        @Override
        void differences(Stored<VDI> vdi, Stored<VDI> base, ComparedDisk disk, Outgoing out, Progress progress) {
            Instant changed = base.row().get(VDI.SNAPSHOT_TIME).instant();
            Vhd.Parent parent = new Vhd.Parent(id(base), changed);
            VhdWriter.differences(vdi.ref().value(), id(vdi), disk, parent, out, progress);
        }

        private UUID id(Stored<VDI> vdi) {
            return Vhd.id(vdi.row().get(VDI.UUID));
        }

        @Override
        void read(Transfer transfer, Incoming in, DiskContents contents, Ref<VDI> vdi, TransferMemory room) {
            refuseChunks(transfer);
            // The format is in the head of the data, which comes after the answer.
            transfer.accept();
            try (VhdReader vhd = new VhdReader(in, room)) {
                contents.overwrite(
                        transfer.call(),
                        vdi,
                        !vhd.differencing(),
                        disk -> vhd.blocks(disk, new Progress(transfer.call(), disk.bytes())));
            }
        }
    },
    QCOW2("qcow2", "application/x-qemu-disk") {
        @Override
        void write(Stored<VDI> vdi, OpenDisk disk, Outgoing out, Progress progress) {
            new Qcow2Writer(disk).write(out, progress);
        }

        @Override
        void differences(Stored<VDI> vdi, Stored<VDI> base, ComparedDisk disk, Outgoing out, Progress progress) {
            Qcow2Writer.differences(disk, out, progress);
        }

        @Override
        long length(OpenDisk disk) {
            return new Qcow2Writer(disk).length();
        }

        @Override
        void read(Transfer transfer, Incoming in, DiskContents contents, Ref<VDI> vdi, TransferMemory room) {
            refuseChunks(transfer);
            transfer.accept();
            try (Qcow2Reader qcow2 = new Qcow2Reader(in, room)) {
                // As in XAPI: an image of differences looks like any other, so what it does not hold stays.
                contents.overwrite(
                        transfer.call(),
                        vdi,
                        false,
                        disk -> qcow2.clusters(disk, new Progress(transfer.call(), disk.bytes())));
            }
        }
    },
    TAR("tar", "application/x-tar") {
        @Override
        void write(Stored<VDI> vdi, OpenDisk disk, Outgoing out, Progress progress) {
            Xva.Writer tar = new Xva.Writer(out);
            tar.disk(FOLDER, disk, progress);
            tar.end();
        }

        @Override
        void read(Transfer transfer, Incoming in, DiskContents contents, Ref<VDI> vdi, TransferMemory room) {
            refuseChunks(transfer);
            transfer.accept();
            contents.overwrite(
                    transfer.call(),
                    vdi,
                    true,
                    disk -> new Xva.Reader(in, false)
                            .disk(FOLDER, disk.bytes(), disk, new Progress(transfer.call(), disk.bytes())));
        }
    };

    /** The folder of a disk's blocks in a tar. */
    private static final String FOLDER = "vdi";

    final String name;
    final String contentType;

    TransferFormat(String name, String contentType) {
        this.name = name;
        this.contentType = contentType;
    }

    /** The format of that name; raw when none is asked for. */
    static TransferFormat of(@Nullable String name) {
        if (name == null) {
            return RAW;
        }
        for (TransferFormat format : values()) {
            if (format.name.equals(name.toLowerCase(Locale.ROOT))) {
                return format;
            }
        }
        throw Refused.missing(Errors.internalError("Unknown format " + name));
    }

    private static void refuseChunks(Transfer transfer) {
        if (transfer.head().param("chunked") != null) {
            throw onlyRawIsChunked();
        }
    }

    /** XAPI names VHD for all formats. */
    static RuntimeException onlyRawIsChunked() {
        return Refused.missing(Errors.internalError("Cannot handle chunked VHD"));
    }

    /** The name that clients are offered for the file of an exported disk. */
    String fileName(Stored<VDI> vdi) {
        return vdi.row().get(VDI.UUID) + "." + name;
    }

    /** Writes a disk. */
    abstract void write(Stored<VDI> vdi, OpenDisk disk, Outgoing out, Progress progress);

    /** Writes what differs in a disk from another; only for formats that have differences. */
    void differences(Stored<VDI> vdi, Stored<VDI> base, ComparedDisk disk, Outgoing out, Progress progress) {
        throw new UnsupportedOperationException(name);
    }

    /** How long that is; -1 when it is not known before. */
    long length(OpenDisk disk) {
        return -1;
    }

    /** Answers, and reads what comes over a disk's contents. */
    abstract void read(Transfer transfer, Incoming in, DiskContents contents, Ref<VDI> vdi, TransferMemory room);
}
