package org.jxapi.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jxapi.datamodel.XenApiException;

/** A kind of storage repository whose disks are files of one folder, {@code device_config:location}. */
sealed interface Driver permits FileDriver, IsoDriver {
    /** {@code SR.type}, in lower case. */
    String type();

    String label();

    String description();

    /** Its abilities, in the storage managers' words. The SM object publishes them. */
    List<String> features();

    /** The keys of {@code PBD.device_config}, each with its meaning. */
    Map<String, String> configuration();

    /** The failure for a device_config without location. */
    XenApiException locationMissing();

    /** The failure for a location that cannot be used. */
    XenApiException unusable(String why);

    /** Makes a new repository there. */
    void create(Path folder);

    /** Whether a file of the folder is a disk, by its name. */
    boolean holds(String fileName);

    /** {@code VDI.location} of a file. */
    String location(String fileName);

    /** The file's name of a {@code VDI.location}. */
    String fileName(String location);

    /** Whether guests can only read its disks. */
    boolean readOnly();

    /** The folder that a PBD leads to. */
    default Path folder(Map<String, String> deviceConfig) {
        String location = deviceConfig.getOrDefault("location", "");
        if (location.isEmpty()) {
            throw locationMissing();
        }
        try {
            Path folder = Path.of(location);
            if (!folder.isAbsolute()) {
                throw unusable(location + " is not an absolute path");
            }
            return folder.normalize();
        } catch (InvalidPathException e) {
            throw unusable(String.valueOf(e.getMessage())).causedBy(e);
        }
    }

    /** Checks that the folder can be used. */
    default void attach(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw unusable("no such directory " + folder);
        }
        if (!Files.isReadable(folder) || !readOnly() && !Files.isWritable(folder)) {
            throw unusable("no access to " + folder);
        }
    }

    /** The files of the folder that are disks, by name. */
    default List<Path> files(Path folder) {
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(file -> holds(file.getFileName().toString()))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error("cannot read " + folder).causedBy(e);
        }
    }
}
