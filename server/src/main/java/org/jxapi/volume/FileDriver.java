package org.jxapi.volume;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Type {@code file}: images in a folder of this host. */
public final class FileDriver implements FolderDriver {
    private final Mounts mounts;
    private final FolderFormats formats;

    public FileDriver(Mounts mounts, FolderFormats formats) {
        this.mounts = mounts;
        this.formats = formats;
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
    public Map<String, String> configuration() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("location", "local directory path (required)");
        keys.put(FolderFormats.PREFERRED, FolderFormats.PREFERRED_TEXT);
        return keys;
    }

    @Override
    public Repository repository(Settings settings) {
        Path folder =
                Folders.of(settings.device("location"), mounts, SmFailure.LOCATION_MISSING, SmFailure.FILE_SR_CREATE);
        return LinkedRepository.of(mounts, settings.uuid(), folder, formats.repository(folder, settings));
    }
}
