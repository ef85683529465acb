package org.jxapi.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.XenApiException;

/** Type {@code file}: sparse raw images, {@code <location>.raw}, in a folder of this host. */
record FileDriver() implements Driver {
    static final String SUFFIX = ".raw";

    @Override
    public String type() {
        return "file";
    }

    @Override
    public String label() {
        return "Local path";
    }

    @Override
    public String description() {
        return "Disks as sparse raw images in a folder of the host";
    }

    @Override
    public List<String> features() {
        return List.of(
                "SR_PROBE",
                "SR_UPDATE",
                "SR_SCAN",
                "SR_ATTACH",
                "SR_DETACH",
                "VDI_CREATE",
                "VDI_DELETE",
                "VDI_ATTACH",
                "VDI_DETACH",
                "VDI_INTRODUCE",
                "VDI_UPDATE",
                "VDI_CLONE",
                "VDI_SNAPSHOT",
                "VDI_REVERT",
                "VDI_RESIZE",
                "VDI_RESET_ON_BOOT",
                "VDI_ACTIVATE",
                "VDI_DEACTIVATE",
                "THIN_PROVISIONING",
                "LARGE_VDI");
    }

    @Override
    public Map<String, String> configuration() {
        return Map.of("location", "local directory path (required)");
    }

    @Override
    public XenApiException locationMissing() {
        return SmFailure.LOCATION_MISSING.error();
    }

    @Override
    public XenApiException unusable(String why) {
        return SmFailure.FILE_SR_CREATE.error(why);
    }

    /** The folder must be new or empty: a repository never takes over files that it did not make. */
    @Override
    public void create(Path folder) {
        try {
            if (!Files.exists(folder)) {
                Files.createDirectory(folder);
            } else if (!Files.isDirectory(folder)) {
                throw unusable(folder + " is not a directory");
            } else {
                try (var list = Files.list(folder)) {
                    if (list.findAny().isPresent()) {
                        throw unusable(folder + " is not empty");
                    }
                }
            }
        } catch (IOException e) {
            throw SmFailure.FILE_SR_CREATE.error(e);
        }
    }

    @Override
    public boolean holds(String fileName) {
        return fileName.endsWith(SUFFIX) && fileName.length() > SUFFIX.length();
    }

    @Override
    public String location(String fileName) {
        return fileName.substring(0, fileName.length() - SUFFIX.length());
    }

    @Override
    public String fileName(String location) {
        return location + SUFFIX;
    }

    @Override
    public boolean readOnly() {
        return false;
    }
}
