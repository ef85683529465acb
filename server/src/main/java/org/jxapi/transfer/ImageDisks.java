package org.jxapi.transfer;

import java.io.InputStream;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.storage.DiskContents;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;

/** Makes disks of images that come through streams, in any format that {@link DiskStreams} recognises. */
public final class ImageDisks {
    private final DiskContents contents;
    private final TransferMemory room;

    ImageDisks(DiskContents contents, TransferMemory room) {
        this.contents = contents;
        this.room = room;
    }

    /**
     * Makes a disk, which is there when all of the image has come. VDI_IO_ERROR if it is no image, or is damaged.
     *
     * @param settings of the disk; its size is the least that it gets
     * @param length bytes of the stream; -1 if that is not known, which raw images cannot do without
     */
    public Ref<VDI> create(Call call, Ref<SR> sr, Row<VDI> settings, InputStream in, long length) {
        return create(call, sr, settings, in, length, () -> {});
    }

    /**
     * The same.
     *
     * @param last runs when the disk is filled; if it fails, there is no disk
     */
    Ref<VDI> create(Call call, Ref<SR> sr, Row<VDI> settings, InputStream in, long length, Runnable last) {
        try (DiskStream image = DiskStreams.open(in, length, room)) {
            long bytes = Math.max(image.bytes(), settings.get(VDI.VIRTUAL_SIZE));
            return contents.create(call, sr, settings.with(VDI.VIRTUAL_SIZE, bytes), disk -> {
                image.write(disk, new Progress(call, image.bytes()));
                last.run();
            });
        }
    }

    /** Makes a disk that holds zeros. */
    public Ref<VDI> blank(Call call, Ref<SR> sr, Row<VDI> settings) {
        return contents.create(call, sr, settings, disk -> {});
    }
}
