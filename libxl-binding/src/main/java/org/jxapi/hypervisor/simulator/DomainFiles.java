package org.jxapi.hypervisor.simulator;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files in which simulated domains outlive the process, one a domain. */
final class DomainFiles {
    private static final Logger LOG = LoggerFactory.getLogger(DomainFiles.class);
    static final ObjectMapper JSON = new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final Path folder;

    DomainFiles(Path folder) {
        this.folder = folder;
    }

    /** Reads all domains, but for those whose files cannot be read. */
    List<SimulatedDomain.Saved> load() {
        List<SimulatedDomain.Saved> all = new ArrayList<>();
        try {
            Files.createDirectories(folder);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
                for (Path file : files) {
                    try {
                        all.add(JSON.readValue(file.toFile(), SimulatedDomain.Saved.class));
                    } catch (IOException e) {
                        LOG.warn("Simulated domain: lost, because {} cannot be read", file, e);
                    }
                }
            }
        } catch (IOException e) {
            throw new HypervisorException(
                    LibxlError.FAIL, "the simulator cannot use " + folder + ": " + e.getMessage());
        }
        return all;
    }

    /** Writes a domain's file; a rename makes it whole or not there at all. */
    void save(SimulatedDomain.Saved domain) {
        Path file = file(domain.domid());
        Path fresh = folder.resolve(domain.domid() + ".new");
        try {
            Files.write(fresh, JSON.writeValueAsBytes(domain));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new HypervisorException(LibxlError.FAIL, "the simulator cannot write " + file + ": " + e);
        }
    }

    void delete(int domid) {
        try {
            Files.deleteIfExists(file(domid));
        } catch (IOException e) {
            LOG.warn("Simulated domain: the file of a destroyed domain cannot be removed", e);
        }
    }

    private Path file(int domid) {
        return folder.resolve(domid + ".json");
    }
}
