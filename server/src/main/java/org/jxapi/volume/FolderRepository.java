package org.jxapi.volume;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jxapi.datamodel.XenApiException;

/** A repository whose volumes are files of one folder. */
abstract class FolderRepository implements Repository {
    /** The most bytes that the name of a file has on any file system of Linux. */
    private static final int LONGEST_NAME = 255;

    final Path folder;

    FolderRepository(Path folder) {
        this.folder = folder;
    }

    /** The failure for a folder that cannot be used. */
    abstract XenApiException unusable(String why);

    /** Whether a file of the folder is a volume, by its name. */
    abstract boolean isVolume(String fileName);

    /** The location of the volume in a file. */
    abstract String location(String fileName);

    /** The name of a volume's file. */
    abstract String fileName(String location);

    @Override
    public String place() {
        return folder.toString();
    }

    @Override
    public Optional<Path> folder() {
        return Optional.of(folder);
    }

    @Override
    public void attach() {
        if (!Files.isDirectory(folder)) {
            throw unusable("no such directory " + folder);
        }
        if (!Files.isReadable(folder) || !readOnly() && !Files.isWritable(folder)) {
            throw unusable("no access to " + folder);
        }
    }

    @Override
    public void detach() {
        // The folder stays where it is.
    }

    /** The numbers are those of the whole file system, as XenServer's file repositories count. */
    @Override
    public Usage usage() {
        // Not by a FileStore: in a chroot Java finds no mount point for files outside any that the chroot can see.
        File file = folder.toFile();
        long size = file.getTotalSpace();
        if (size == 0) {
            throw SmFailure.SR_UNAVAILABLE.error("no such directory " + folder);
        }
        return new Usage(size, size - file.getFreeSpace());
    }

    @Override
    public List<Volume> volumes() {
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.filter(file -> isNamed(file.getFileName().toString()))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error("cannot read " + folder).causedBy(e);
        }
        try {
            List<Volume> volumes = new ArrayList<>();
            for (Map.Entry<Path, Long> taken : VolumeFiles.taken(files).entrySet()) {
                Path file = taken.getKey();
                String location = location(file.getFileName().toString());
                try {
                    volumes.add(new Volume(location, file, bytes(location), taken.getValue(), smConfig(location)));
                } catch (NoSuchFileException e) {
                    // It has been removed meanwhile.
                }
            }
            return volumes;
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error(e);
        }
    }

    /** Whether a file of the folder is a volume that has a name. */
    private boolean isNamed(String fileName) {
        return isVolume(fileName) && names(location(fileName));
    }

    /** Exactly one name leads to each file, and none out of the folder. */
    @Override
    public boolean names(String location) {
        String fileName = fileName(location);
        if (!isVolume(fileName) || location.contains("/") || !fits(fileName)) {
            return false;
        }
        try {
            return folder.equals(path(location).getParent());
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Whether a file can have such a long name. */
    static boolean fits(String fileName) {
        return fileName.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
    }

    @Override
    public boolean holds(String location) {
        return Files.exists(path(location));
    }

    @Override
    public Path path(String location) {
        return folder.resolve(fileName(location)).normalize();
    }

    @Override
    public long bytes(String location) throws IOException {
        return Files.size(path(location));
    }

    @Override
    public Map<String, String> smConfig(String location) throws IOException {
        return Map.of();
    }

    @Override
    public long taken(String location) throws IOException {
        return VolumeFiles.taken(path(location));
    }
}
