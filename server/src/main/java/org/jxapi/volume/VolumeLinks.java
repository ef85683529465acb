package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Links to the devices of volumes, by the names of these. They last as long as the devices: until the host stops. */
record VolumeLinks(Path folder) {
    private static final String FRESH = ".jxapi-link";

    /** Makes a name lead to a device, in one step. */
    void put(String name, Path device) throws IOException {
        Path link = folder.resolve(name);
        if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(device)) {
            return;
        }
        Path fresh = folder.resolve(name + FRESH);
        Files.createDirectories(folder);
        Files.deleteIfExists(fresh);
        Files.createSymbolicLink(fresh, device);
        Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void remove(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }

    void keepOnly(Set<String> names) throws IOException {
        for (Path link : in(folder)) {
            if (!names.contains(Layers.name(link))) {
                Files.deleteIfExists(link);
            }
        }
    }

    void clear() throws IOException {
        keepOnly(Set.of());
        Files.deleteIfExists(folder);
    }

    /** All that is in a folder; nothing if there is none. */
    static List<Path> in(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
                all.forEach(found::add);
            }
        }
        return found;
    }
}
