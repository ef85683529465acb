package org.jxapi.volume;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Type {@code dummy}: disks that have records and no data, for tests of clients, as XenServer's DummySR.py has them.
 * Features, sizes and answers are its own.
 */
public final class DummyDriver implements Driver {
    /** The size that a probe reports. */
    private static final long PROBED = 1024;

    private final KnownDisks known;
    /** The sizes of volumes that have no rows yet, by the UUIDs of their repositories and their locations. */
    private final Map<String, Long> begun = new ConcurrentHashMap<>();

    public DummyDriver(KnownDisks known) {
        this.known = known;
    }

    @Override
    public String type() {
        return "dummy";
    }

    @Override
    public String label() {
        return "dummy";
    }

    @Override
    public String description() {
        return "Disks without data, for tests of clients";
    }

    @Override
    public List<String> features() {
        return List.of(
                "SR_PROBE",
                "VDI_CREATE",
                "VDI_DELETE",
                "VDI_ATTACH",
                "VDI_DETACH",
                "VDI_ACTIVATE",
                "VDI_DEACTIVATE",
                "VDI_CLONE",
                "VDI_SNAPSHOT",
                "VDI_RESIZE",
                "VDI_INTRODUCE");
    }

    @Override
    public Map<String, String> configuration() {
        return Map.of();
    }

    @Override
    public Repository repository(Settings settings) {
        return new DummyRepository(settings.uuid(), known, begun);
    }

    /** Always one repository that is not there. */
    @Override
    public Probe probe(Settings settings) {
        Found found =
                new Found(UUID.randomUUID().toString(), new Usage(PROBED, 0), Map.of("size", Long.toString(PROBED)));
        return new Probe(List.of(found), List.of());
    }
}
