package org.jxapi.smapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.volume.Settings;
import org.jxapi.volume.SmFailure;
import org.jxapi.volume.Usage;

/** A repository as its driver knows it: the calls, each in one method. */
final class DriverSr {
    private final DriverProgram program;
    private final String place;
    private final Settings settings;
    private final Map<String, String> attached;

    /** @param attached the names that the driver gave to attached repositories, by their UUIDs and places */
    DriverSr(DriverProgram program, String place, Settings settings, Map<String, String> attached) {
        this.program = program;
        this.place = place;
        this.settings = settings;
        this.attached = attached;
    }

    /** {@code SR.uuid}. */
    String uuid() {
        return settings.uuid();
    }

    String place() {
        return place;
    }

    void create() throws IOException {
        program.change(
                place,
                "SR.create",
                Map.of(
                        "uuid",
                        settings.uuid(),
                        "configuration",
                        settings.deviceConfig(),
                        "name",
                        settings.uuid(),
                        "description",
                        ""));
    }

    /** Attaches it and returns its name in calls. */
    String attach() throws IOException {
        Map<String, String> configuration = new LinkedHashMap<>(settings.deviceConfig());
        if (!settings.uuid().isEmpty()) {
            configuration.put("sr_uuid", settings.uuid());
        }
        JsonNode answer = program.change(place, "SR.attach", Map.of("configuration", configuration));
        if (!answer.isTextual()) {
            throw new DriverException(
                    "", program.said("SR.attach", "answered " + answer + ", but must name the SR by a string"));
        }
        attached.put(id(), answer.asText());
        return answer.asText();
    }

    private String id() {
        return settings.uuid() + " " + place;
    }

    /** Its name in calls. jxapid forgets which repositories were attached when it stops, so they are attached again. */
    private String sr() throws IOException {
        String name = attached.get(id());
        return name == null ? attach() : name;
    }

    void detach() throws IOException {
        if (attached.containsKey(id())) {
            change("SR.detach", Map.of());
            attached.remove(id());
        }
    }

    /** Removes it, attached or not. One that is not there is no error. */
    void destroy() throws IOException {
        try {
            change("SR.destroy", Map.of());
        } catch (DriverException e) {
            if (!e.is(DriverException.NO_SR)) {
                throw e;
            }
        }
        attached.remove(id());
    }

    Usage usage() throws IOException {
        JsonNode answer = read("SR.stat", Map.of());
        JsonNode health = answer.path("health");
        String state = health.path(0).asText();
        if (state.equals("Unreachable") || state.equals("Unavailable")) {
            throw SmFailure.SR_UNAVAILABLE.error(
                    program.said("SR.stat", state + " " + health.path(1).asText()));
        }
        return usage(program, "SR.stat", answer);
    }

    /** The space of a repository in an answer. */
    static Usage usage(DriverProgram program, String call, JsonNode answer) throws DriverException {
        Fields fields = new Fields(program, call, answer);
        long size = fields.bytes("total_space");
        long free = fields.bytes("free_space");
        if (free > size) {
            throw fields.wrong("free_space", "no more than total_space");
        }
        return new Usage(size, size - free);
    }

    List<DriverVolume> volumes() throws IOException {
        List<DriverVolume> volumes = new ArrayList<>();
        for (JsonNode volume : read("SR.ls", Map.of())) {
            volumes.add(DriverVolume.of(program, "SR.ls", volume));
        }
        return volumes;
    }

    /** A volume; a DriverException with NO_VOLUME when it is not there. */
    DriverVolume stat(String key) throws IOException {
        return checked("Volume.stat", key, read("Volume.stat", Map.of("key", key)));
    }

    void create(String key, long bytes) throws IOException {
        Map<String, Object> parameters =
                Map.of("key", key, "name", key, "description", "", "size", bytes, "sharable", false);
        DriverVolume made = checked("Volume.create", key, change("Volume.create", parameters));
        if (made.bytes() < bytes) {
            throw new DriverException(
                    "",
                    program.said("Volume.create", "made " + made.bytes() + " bytes, but " + bytes + " were asked for"));
        }
    }

    /** Makes a volume with the contents of another; false when the driver would have to copy them. */
    boolean clone(String key, String newKey) throws IOException {
        JsonNode answer = change("Volume.clone", Map.of("key", key, "new_key", newKey));
        if (answer.isNull()) {
            return false;
        }
        checked("Volume.clone", newKey, answer);
        return true;
    }

    void resize(String key, long bytes) throws IOException {
        change("Volume.resize", Map.of("key", key, "new_size", bytes));
    }

    /** Gives a volume the key of another, which is gone then if it was there. */
    void replace(String key, String by) throws IOException {
        change("Volume.replace", Map.of("key", key, "by", by));
    }

    /** Removes a volume. One that is not there is no error. */
    void destroy(String key) throws IOException {
        try {
            change("Volume.destroy", Map.of("key", key));
        } catch (DriverException e) {
            if (!e.is(DriverException.NO_VOLUME)) {
                throw e;
            }
        }
    }

    private DriverVolume checked(String call, String key, JsonNode answer) throws DriverException {
        DriverVolume volume = DriverVolume.of(program, call, answer);
        if (!volume.key().equals(key)) {
            throw new DriverException(
                    "", program.said(call, "answered volume " + volume.key() + " in place of " + key));
        }
        return volume;
    }

    private JsonNode read(String call, Map<String, Object> parameters) throws IOException {
        return on(parameters, all -> program.read(place, call, all));
    }

    private JsonNode change(String call, Map<String, Object> parameters) throws IOException {
        return on(parameters, all -> program.change(place, call, all));
    }

    private interface Call {
        JsonNode with(Map<String, Object> parameters) throws IOException;
    }

    private JsonNode on(Map<String, Object> parameters, Call call) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>(parameters);
        all.put("sr", sr());
        try {
            return call.with(all);
        } catch (DriverException e) {
            if (e.is(DriverException.NOT_ATTACHED)) {
                // The next call attaches it.
                attached.remove(id());
            }
            throw e;
        }
    }
}
