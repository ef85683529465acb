package org.jxapi.smapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jxapi.volume.Origin;
import org.jxapi.xenapi.ImageFormatType;

/**
 * How a driver describes itself: the answer of {@code Plugin.query}.
 *
 * @param type {@code SR.type}
 * @param features its features, in SMAPIv3's words
 * @param formats the formats of its volumes, in the words of the XenAPI
 * @param configuration the keys of device_config with their meanings
 */
record Description(
        String type,
        String label,
        String text,
        Origin origin,
        List<String> features,
        List<ImageFormatType> formats,
        Map<String, String> configuration) {
    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9_-]{0,31}");
    private static final String VERSION_OF_CALLS = "5.0";

    static Description of(DriverProgram program, JsonNode answer) throws DriverException {
        Fields fields = new Fields(program, "Plugin.query", answer);
        String type = fields.text("plugin");
        if (!TYPE.matcher(type).matches()) {
            throw fields.wrong("plugin", "1 to 32 of a-z, 0-9, - and _, the first a letter");
        }
        if (!fields.text("required_api_version").equals(VERSION_OF_CALLS)) {
            throw fields.wrong("required_api_version", '"' + VERSION_OF_CALLS + '"');
        }
        Map<String, String> configuration = new LinkedHashMap<>();
        answer.path("configuration")
                .properties()
                .forEach(key -> configuration.put(key.getKey(), key.getValue().asText()));
        Origin origin = new Origin(
                fields.text("vendor"),
                answer.path("copyright").asText(),
                fields.text("version"),
                program.file().toString());
        return new Description(
                type,
                fields.text("name"),
                fields.text("description"),
                origin,
                texts(answer.path("features")),
                formats(texts(answer.path("supported_image_formats"))),
                configuration);
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** Those that jxapid can read; raw if there are none. */
    private static List<ImageFormatType> formats(List<String> names) {
        List<ImageFormatType> known = Stream.of(ImageFormatType.RAW, ImageFormatType.QCOW2)
                .filter(format -> names.contains(format.wire()))
                .toList();
        return known.isEmpty() ? List.of(ImageFormatType.RAW) : known;
    }
}
