package org.jxapi.volume;

import java.util.List;
import java.util.Map;

/** Type {@code iso}: the disc images, {@code *.iso} and {@code *.img}, of a folder of this host. */
public final class IsoDriver implements Driver {
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
    public Repository repository(Settings settings) {
        return new IsoFolder(
                Folders.of(settings.device("location"), SmFailure.ISO_LOCATION_MISSING, SmFailure.ISO_LOCAL_PATH));
    }
}
