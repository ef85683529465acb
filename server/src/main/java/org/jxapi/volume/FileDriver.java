package org.jxapi.volume;

import java.util.List;
import java.util.Map;

/** Type {@code file}: sparse raw images in a folder of this host. */
public final class FileDriver implements Driver {
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
    public Repository repository(Settings settings) {
        return new RawFolder(
                Folders.of(settings.device("location"), SmFailure.LOCATION_MISSING, SmFailure.FILE_SR_CREATE));
    }
}
