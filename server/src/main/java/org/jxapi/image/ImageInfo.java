package org.jxapi.image;

import org.jspecify.annotations.Nullable;

/**
 * The header of a qcow2 image, as far as others need it.
 *
 * @param bytes the size of the disk
 * @param fileBytes the length of the file, or the size of the device
 * @param clusterBytes the unit in which the image stores the disk
 * @param needsRepair why nothing may write the image; null if it is sound
 */
public record ImageInfo(
        int version,
        long bytes,
        long fileBytes,
        int clusterBytes,
        @Nullable Backing backing,
        @Nullable String needsRepair) {}
