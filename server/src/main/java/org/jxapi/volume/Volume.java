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
 */
public record Volume(String location, Path path, long bytes, long taken, Map<String, String> smConfig) {}
