package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the model files say.
 *
 * @param classes in the order of classes.txt
 * @param enums all enumerations by name
 * @param notOffered {@code Class.message} of what jxapi does not implement
 * @param errors parameters and meaning by error code
 */
record ModelFiles(List<JsonNode> classes, Map<String, JsonNode> enums, Set<String> notOffered, JsonNode errors) {
    static ModelFiles read(Path folder) throws IOException {
        YAMLMapper yaml = new YAMLMapper();
        List<JsonNode> classes = new ArrayList<>();
        for (String name : lines(folder.resolve("classes.txt"))) {
            classes.add(yaml.readTree(folder.resolve(name + ".yaml").toFile()));
        }
        Set<String> notOffered = new TreeSet<>(lines(folder.resolve("not-offered.txt")));
        Set<String> unused = new TreeSet<>(notOffered);
        Map<String, JsonNode> enums = new TreeMap<>();
        for (JsonNode model : classes) {
            model.path("enums").forEach(e -> enums.put(e.get("name").asText(), e));
            String prefix = model.get("class").asText() + ".";
            model.path("messages")
                    .forEach(m -> unused.remove(prefix + m.get("name").asText()));
        }
        if (!unused.isEmpty()) {
            throw new IOException("not-offered.txt names messages that the model does not have: " + unused);
        }
        JsonNode errors = yaml.readTree(folder.resolve("errors.yaml").toFile()).get("errors");
        return new ModelFiles(classes, enums, notOffered, errors);
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }
}
