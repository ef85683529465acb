package org.jxapi.volume;

import java.nio.file.Path;
import java.util.Map;

/**
 * A volume as a scan finds it.
 *
 * @param location {@code VDI.location}, which names it in its repository
 * @param path its file or device
 * @param bytes the size of the disk
 * @param taken how many bytes it takes in the repository, holes not counted
 * @param smConfig {@code VDI.sm_config}
 * @param label {@code VDI.name_label}; empty when the storage has none
 */
public record Volume(String location, Path path, long bytes, long taken, Map<String, String> smConfig, String label) {
    /** A volume that has no name of its own. */
    public Volume(String location, Path path, long bytes, long taken, Map<String, String> smConfig) {
        this(location, path, bytes, taken, smConfig, "");
    }
}
