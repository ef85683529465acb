package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The content of the model files.
 *
 * @param classes in the order of classes.txt, with their shared fields
 * @param enums all enumerations by name
 * @param errors parameters and meaning by error code
 */
record ModelFiles(List<JsonNode> classes, Map<String, JsonNode> enums, JsonNode errors) {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    static final String ERRORS = "errors.yaml";
    private static final String CLASSES = "classes.txt";

    /** The model in a folder. It fails with all faults that it finds, one a line. */
    static ModelFiles read(Path folder) throws IOException {
        ModelFaults faults = new ModelFaults();
        ModelFiles files = read(folder, faults);
        faults.refuse();
        ModelCheck.check(files, faults);
        faults.refuse();
        return files;
    }

    private static ModelFiles read(Path folder, ModelFaults faults) throws IOException {
        List<String> names = names(folder, faults);
        SharedFields shared = new SharedFields(yaml(folder, SharedFields.FILE, faults), faults);
        List<JsonNode> classes = new ArrayList<>();
        Map<String, JsonNode> enums = new TreeMap<>();
        for (String name : names) {
            String file = name + ".yaml";
            JsonNode model = yaml(folder, file, faults);
            if (model.isMissingNode()) {
                continue;
            }
            if (!model.path("class").asText().equals(name)) {
                faults.add(file, "its class must be " + name);
                continue;
            }
            shared.complete(model, file, faults);
            classes.add(model);
            for (JsonNode each : model.path("enums")) {
                if (enums.put(each.path("name").asText(), each) != null) {
                    faults.at(file, name).fault("the enum " + each.path("name").asText() + " is declared twice");
                }
            }
        }
        JsonNode errors = yaml(folder, ERRORS, faults).path("errors");
        return new ModelFiles(classes, enums, errors);
    }

    /** The names in classes.txt: each once, and each with a file. */
    private static List<String> names(Path folder, ModelFaults faults) throws IOException {
        List<String> names = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(CLASSES))) {
            String name = line.strip();
            if (name.isEmpty() || name.startsWith("#")) {
                continue;
            }
            if (names.contains(name)) {
                faults.at(CLASSES, name).fault("this name is given twice");
            } else if (!Files.exists(folder.resolve(name + ".yaml"))) {
                faults.at(CLASSES, name).fault("there is no " + name + ".yaml");
            } else {
                names.add(name);
            }
        }
        Set<String> known = new HashSet<>(Set.of(SharedFields.FILE, ERRORS, CLASSES));
        names.forEach(name -> known.add(name + ".yaml"));
        for (String file : content(folder)) {
            if (!known.contains(file)) {
                faults.add(file, "no class in " + CLASSES + " has this file");
            }
        }
        return names;
    }

    private static Set<String> content(Path folder) throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(f -> names.add(f.getFileName().toString()));
        }
        return names;
    }

    /** A file's content; nothing, and a fault, if it is no YAML. */
    private static JsonNode yaml(Path folder, String file, ModelFaults faults) throws IOException {
        try {
            return YAML.readTree(folder.resolve(file).toFile());
        } catch (JsonProcessingException e) {
            String what = e.getOriginalMessage().lines().findFirst().orElse("no YAML");
            faults.add(file, "line " + e.getLocation().getLineNr() + ": " + what);
            return MissingNode.getInstance();
        }
    }

    /** The file of a class. */
    static String file(JsonNode model) {
        return model.get("class").asText() + ".yaml";
    }
}
