package org.jxapi.smapi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Reason;
import org.jxapi.volume.Driver;
import org.jxapi.volume.LiveDisks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of drivers from outside jxapi. Every executable in it is one.
 *
 * @param folder the folder, which need not be there
 * @param marks the folder for marks of unfinished volumes, in the daemon's own data
 * @param limit how long a driver may take to answer
 */
public record DriverFolder(Path folder, Path marks, Duration limit) {
    private static final Logger LOG = LoggerFactory.getLogger(DriverFolder.class);

    /**
     * Asks each driver what it is. One that does not keep the contract is left out, and the log says why.
     *
     * @param taken the types that jxapi has drivers for
     * @param live the running guests, which use disks of the drivers
     */
    public List<Driver> drivers(Set<String> taken, LiveDisks live) {
        List<Driver> drivers = new ArrayList<>();
        Set<String> types = new HashSet<>(taken);
        for (Path file : executables()) {
            try {
                ProgramDriver driver = driver(file, live);
                if (types.add(driver.type())) {
                    LOG.info("Storage driver {}: offers SR type {}", file, driver.type());
                    drivers.add(driver);
                } else {
                    LOG.error("Storage driver {}: ignored, because type {} has a driver", file, driver.type());
                }
            } catch (IOException | XenApiException e) {
                LOG.error("Storage driver {}: ignored: {}", file, Reason.withFile(e));
            }
        }
        return drivers;
    }

    private List<Path> executables() {
        try (Stream<Path> list = Files.list(folder.toAbsolutePath())) {
            return list.filter(file -> !file.getFileName().toString().startsWith("."))
                    .filter(file -> !Files.isDirectory(file) && Files.isExecutable(file))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            LOG.error("Storage drivers: cannot read {}: {}", folder, Reason.of(e));
            return List.of();
        }
    }

    private ProgramDriver driver(Path file, LiveDisks live) throws IOException {
        DriverProgram program = new DriverProgram(file, limit);
        Description description = Description.of(program, program.read("its description", "Plugin.query", Map.of()));
        return new ProgramDriver(program, description, marks, live);
    }
}
