package org.jxapi.transfer;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.storage.DiskContents;
import org.jxapi.storage.OpenDisk;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VDI;

/** A form that a disk takes on its way. */
enum TransferFormat {
    RAW("raw", Transfer.BYTES) {
        @Override
        void write(String vdi, OpenDisk disk, Outgoing out, Progress progress) {
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
        void write(String vdi, OpenDisk disk, Outgoing out, Progress progress) {
            Vhd.write(vdi, disk, out, progress);
        }

        @Override
        void read(Transfer transfer, Incoming in, DiskContents contents, Ref<VDI> vdi, TransferMemory room) {
            if (transfer.head().param("chunked") != null) {
                throw Refused.missing(Errors.internalError("Cannot handle chunked VHD"));
            }
            // The format is in the head of the data, which comes after the answer.
            transfer.accept();
            try (Vhd.Reader vhd = new Vhd.Reader(in, room)) {
                contents.overwrite(
                        transfer.call(),
                        vdi,
                        !vhd.differencing(),
                        disk -> vhd.blocks(disk, new Progress(transfer.call(), disk.bytes())));
            }
        }
    };

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

    /** Writes the disk of that reference. */
    abstract void write(String vdi, OpenDisk disk, Outgoing out, Progress progress);

    /** How long that is; -1 when it is not known before. */
    long length(OpenDisk disk) {
        return -1;
    }

    /** Answers, and reads what comes over a disk's contents. */
    abstract void read(Transfer transfer, Incoming in, DiskContents contents, Ref<VDI> vdi, TransferMemory room);
}
