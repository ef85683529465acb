package org.jxapi.volume;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.xenapi.ImageFormatType;

/** Type {@code file}: images in a folder of this host. */
public final class FileDriver implements Driver {
    private final LiveDisks live;
    private final Merges merges = new Merges();

    public FileDriver(LiveDisks live) {
        this.live = live;
    }

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
        return "Disks as images in a folder of the host";
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
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("location", "local directory path (required)");
        keys.put("preferred-image-formats", "formats of new disks, the best first: raw, qcow2 (optional)");
        return keys;
    }

    @Override
    public List<ImageFormatType> formats() {
        return List.of(ImageFormatType.RAW, ImageFormatType.QCOW2);
    }

    @Override
    public Repository repository(Settings settings) {
        Path folder = Folders.of(settings.device("location"), SmFailure.LOCATION_MISSING, SmFailure.FILE_SR_CREATE);
        return new ImageFolder(folder, settings.uuid(), settings.device("preferred-image-formats"), live, merges);
    }
}
