package org.jxapi.volume;

import java.nio.file.Path;
import java.util.List;
import org.jxapi.xenapi.ImageFormatType;

/** The choice of how disks are kept in a folder: the one place in which every driver that leads to a folder asks. */
public final class FolderFormats {
    /** The features of every repository of disks in a folder. */
    static final List<String> FEATURES = List.of(
            "SR_PROBE",
            "SR_UPDATE",
            "SR_SCAN",
            "SR_METADATA",
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
            "VDI_MIRROR",
            "VDI_REVERT",
            "VDI_RESIZE",
            "VDI_RESIZE_ONLINE",
            "VDI_RESET_ON_BOOT",
            "VDI_CONFIG_CBT",
            "VDI_ACTIVATE",
            "VDI_DEACTIVATE",
            "THIN_PROVISIONING",
            "LARGE_VDI");

    /** The formats that new disks can have. */
    static final List<ImageFormatType> IMAGES = List.of(ImageFormatType.RAW, ImageFormatType.QCOW2);

    /** The setting of every driver that leads to a folder. */
    static final String PREFERRED = "preferred-image-formats";

    static final String PREFERRED_TEXT = "formats of new disks, the best first: raw, qcow2 (optional)";

    private final LiveDisks live;
    private final Merges merges = new Merges();

    public FolderFormats(LiveDisks live) {
        this.live = live;
    }

    /** The repository in a folder, which need not be there yet. */
    Repository repository(Path folder, Settings settings) {
        return new ImageFolder(folder, settings.uuid(), settings.device(PREFERRED), live, merges);
    }
}
