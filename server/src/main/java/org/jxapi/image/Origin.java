package org.jxapi.image;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The image that a part of a disk comes from. Two disks that have a part from the same image have the same contents there,
 * because nothing writes to the images of a chain below its top.
 *
 * @param length the length of the part, in bytes
 * @param image the file of the image; null if the part reads as zeros and is not stored
 */
public record Origin(long length, @Nullable Path image) {
    static Origin zeros(long length) {
        return new Origin(length, null);
    }
}
