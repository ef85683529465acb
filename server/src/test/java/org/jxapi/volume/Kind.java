package org.jxapi.volume;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The kinds of repositories. Each constant gets the whole contract, the copies to and from every other kind, the power
 * cuts, and its columns in the matrix of docs/storage.md.
 */
enum Kind {
    RAW("raw files", TestDrivers.file(), ".raw", Map.of("preferred-image-formats", "raw"), false),
    QCOW2("qcow2 chains", TestDrivers.file(), ".qcow2", Map.of("preferred-image-formats", "qcow2"), true),
    ISO("discs", TestDrivers.iso(), ".iso", Map.of(), false);

    private final String label;
    private final Driver driver;
    private final String suffix;
    private final Map<String, String> config;
    private final boolean alwaysAtOnce;

    /**
     * @param suffix the end of the names of its volumes' files
     * @param config {@code device_config} apart from the location
     * @param alwaysAtOnce whether it clones without a copy even where files cannot share blocks
     */
    Kind(String label, Driver driver, String suffix, Map<String, String> config, boolean alwaysAtOnce) {
        this.label = label;
        this.driver = driver;
        this.suffix = suffix;
        this.config = config;
        this.alwaysAtOnce = alwaysAtOnce;
    }

    Driver driver() {
        return driver;
    }

    /** A repository in a folder, which need not be there. */
    Repository in(Path folder) {
        Map<String, String> all = new LinkedHashMap<>(config);
        all.put("location", folder.toString());
        return driver.repository(new Settings(
                UUID.nameUUIDFromBytes(folder.toString().getBytes(StandardCharsets.UTF_8))
                        .toString(),
                all,
                Map.of()));
    }

    /** Whether it clones without a copy, on a file system whose files can share blocks or not. */
    boolean clonesAtOnce(boolean sharesBlocks) {
        return alwaysAtOnce || sharesBlocks;
    }

    String suffix() {
        return suffix;
    }

    /** Whether its volumes are only read. */
    boolean readOnly() {
        return this == ISO;
    }

    static List<Kind> writable() {
        return Arrays.stream(values()).filter(kind -> !kind.readOnly()).toList();
    }

    @Override
    public String toString() {
        return label;
    }
}
