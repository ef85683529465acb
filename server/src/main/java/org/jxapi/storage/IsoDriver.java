package org.jxapi.storage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jxapi.datamodel.XenApiException;

/** Type {@code iso}: the disc images, {@code *.iso} and {@code *.img}, of a folder of this host. */
record IsoDriver() implements Driver {
    @Override
    public String type() {
        return "iso";
    }

    @Override
    public String label() {
        return "ISO";
    }

    @Override
    public String description() {
        return "Disc images in a folder of the host";
    }

    @Override
    public List<String> features() {
        return List.of("SR_PROBE", "SR_UPDATE", "SR_SCAN", "SR_ATTACH", "SR_DETACH", "VDI_ATTACH", "VDI_DETACH");
    }

    @Override
    public Map<String, String> configuration() {
        return Map.of("location", "local directory path (required)");
    }

    @Override
    public XenApiException locationMissing() {
        return SmFailure.ISO_LOCATION_MISSING.error();
    }

    @Override
    public XenApiException unusable(String why) {
        return SmFailure.ISO_LOCAL_PATH.error(why);
    }

    /** A repository of discs is what is in the folder already. */
    @Override
    public void create(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw unusable("no such directory " + folder);
        }
    }

    @Override
    public boolean holds(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        return name.endsWith(".iso") || name.endsWith(".img");
    }

    @Override
    public String location(String fileName) {
        return fileName;
    }

    @Override
    public String fileName(String location) {
        return location;
    }

    @Override
    public boolean readOnly() {
        return true;
    }
}
