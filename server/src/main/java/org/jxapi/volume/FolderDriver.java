package org.jxapi.volume;

import java.util.List;
import org.jxapi.xenapi.ImageFormatType;

/** A type of repositories that keep disks as images in a folder, wherever that comes from. */
interface FolderDriver extends Driver {
    @Override
    default List<String> features() {
        return FolderFormats.FEATURES;
    }

    @Override
    default List<ImageFormatType> formats() {
        return FolderFormats.IMAGES;
    }
}
