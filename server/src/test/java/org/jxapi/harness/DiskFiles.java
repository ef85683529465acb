package org.jxapi.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jxapi.image.Image;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Settings;
import org.jxapi.volume.TestDrivers;

/** The files of disks in a folder, whatever their format. */
public final class DiskFiles {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String GONE = ".jxapi-gone";
    /** The ends of the names of files of no disk: of changed-block tracking, which may outlive its disk, and the lease. */
    private static final Pattern OTHERS = Pattern.compile("\\.(cbtlog|jxapi-since|jxapi-lease)$");

    private DiskFiles() {}

    /** The location of the disk that a file belongs to; any other file is its own. */
    public static String location(String fileName) {
        return fileName.replaceFirst("(\\.raw|\\.jxapi-base|(\\.jxapi-(base|\\d+))?\\.qcow2)$", "");
    }

    /** The locations of all disks with files in a folder or below; those that were removed do not count. */
    public static Set<String> locations(Path folder) throws IOException {
        Set<String> locations = new HashSet<>();
        Set<String> gone = new HashSet<>();
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !OTHERS.matcher(name).find())
                    .forEach(name -> {
                        if (name.endsWith(GONE)) {
                            gone.add(name.substring(0, name.length() - GONE.length()));
                        } else {
                            locations.add(location(name));
                        }
                    });
        }
        locations.removeAll(gone);
        return locations;
    }

    /** Opens a disk to be read, as no daemon does. A daemon that runs may merge a layer away meanwhile. */
    public static Image open(Path folder, String location) throws IOException {
        Repository repository =
                TestDrivers.file().repository(new Settings("", Map.of("location", folder.toString()), Map.of()));
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return repository.open(location, false);
            } catch (NoSuchFileException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }
}
