package org.jxapi.smapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jxapi.volume.Driver;
import org.jxapi.volume.LiveDisks;
import org.jxapi.volume.Marks;
import org.jxapi.volume.Origin;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Settings;
import org.jxapi.volume.SmFailure;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.ImageFormatType;

/** A type of repositories whose driver is an executable from outside jxapi. */
final class ProgramDriver implements Driver {
    /** Every driver has these. */
    private static final List<String> ALWAYS =
            List.of("SR_PROBE", "SR_UPDATE", "SR_SCAN", "SR_ATTACH", "SR_DETACH", "VDI_ATTACH", "VDI_DETACH");

    /** Features of a driver that can make volumes. jxapid copies where the driver cannot clone. */
    private static final List<String> WITH_CREATE = List.of(
            "VDI_CREATE",
            "VDI_DELETE",
            "VDI_INTRODUCE",
            "VDI_UPDATE",
            "VDI_CLONE",
            "VDI_SNAPSHOT",
            "VDI_REVERT",
            "VDI_RESET_ON_BOOT",
            "VDI_ACTIVATE",
            "VDI_DEACTIVATE");

    /** Abilities that only the driver knows of. */
    private static final List<String> DECLARED =
            List.of("VDI_RESIZE", "VDI_RESIZE_ONLINE", "THIN_PROVISIONING", "LARGE_VDI");

    private final DriverProgram program;
    private final Description description;
    private final Path marks;
    private final LiveDisks live;
    /** The names that the driver gave to attached repositories, by their UUIDs and places. */
    private final Map<String, String> attached = new ConcurrentHashMap<>();

    /** @param marks where each repository gets a folder for its marks */
    ProgramDriver(DriverProgram program, Description description, Path marks, LiveDisks live) {
        this.program = program;
        this.description = description;
        this.marks = marks;
        this.live = live;
    }

    @Override
    public String type() {
        return description.type();
    }

    @Override
    public String label() {
        return description.label();
    }

    @Override
    public String description() {
        return description.text();
    }

    @Override
    public Origin origin() {
        return description.origin();
    }

    @Override
    public List<String> features() {
        List<String> features = new ArrayList<>(ALWAYS);
        if (makesVolumes()) {
            features.addAll(WITH_CREATE);
            DECLARED.stream().filter(description.features()::contains).forEach(features::add);
        }
        return List.copyOf(features);
    }

    @Override
    public List<ImageFormatType> formats() {
        return description.formats();
    }

    @Override
    public Map<String, String> configuration() {
        return description.configuration();
    }

    private boolean makesVolumes() {
        return description.features().contains("VDI_CREATE");
    }

    @Override
    public Repository repository(Settings settings) {
        DriverSr sr = new DriverSr(program, place(settings), settings, attached);
        Marks own = new Marks(marks.resolve(settings.uuid().isEmpty() ? "none" : settings.uuid()));
        boolean clones = description.features().contains("VDI_CLONE");
        return new ProgramRepository(sr, own, !makesVolumes(), makesVolumes() && clones, live);
    }

    /** The type and the settings. Passwords are left out, since operators see it. */
    private String place(Settings settings) {
        Map<String, String> shown = new TreeMap<>(settings.deviceConfig());
        shown.keySet().removeIf(key -> key.contains("password"));
        return type() + " " + shown;
    }

    @Override
    public Probe probe(Settings settings) {
        try {
            JsonNode answer =
                    program.read(place(settings), "SR.probe", Map.of("configuration", settings.deviceConfig()));
            List<Found> found = new ArrayList<>();
            for (JsonNode result : answer) {
                if (result.path("sr").isObject()) {
                    found.add(found(result));
                }
            }
            return new Probe(found, List.of());
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }

    private Found found(JsonNode result) throws DriverException {
        Usage usage = DriverSr.usage(program, "SR.probe", result.get("sr"));
        Map<String, String> details = new LinkedHashMap<>();
        details.put("size", Long.toString(usage.size()));
        result.path("extra_info")
                .properties()
                .forEach(
                        detail -> details.put(detail.getKey(), detail.getValue().asText()));
        return new Found(result.get("sr").path("uuid").asText(""), usage, details);
    }
}
