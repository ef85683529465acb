package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Writes the package {@code org.jxapi.xenapi} from the model files. Arguments: the folder of the model files, the
 * folder of the generated sources.
 */
public final class Generate {
    static final String PACKAGE = "org.jxapi.xenapi";

    private final Path target;

    private Generate(Path target) {
        this.target = target;
    }

    public static void main(String[] args) throws IOException {
        Path source = Path.of(args[0]);
        new Generate(Path.of(args[1], PACKAGE.replace('.', '/'))).run(source);
    }

    private void run(Path source) throws IOException {
        Files.createDirectories(target);
        YAMLMapper yaml = new YAMLMapper();
        List<JsonNode> classes = new ArrayList<>();
        for (String name : Files.readAllLines(source.resolve("classes.txt"))) {
            if (!name.isBlank() && !name.startsWith("#")) {
                classes.add(yaml.readTree(source.resolve(name + ".yaml").toFile()));
            }
        }
        Set<String> notOffered = new TreeSet<>();
        for (String line : Files.readAllLines(source.resolve("not-offered.txt"))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                notOffered.add(line.strip());
            }
        }
        TreeMap<String, JsonNode> enums = new TreeMap<>();
        for (JsonNode model : classes) {
            model.path("enums").forEach(e -> enums.put(e.get("name").asText(), e));
        }
        Set<Path> written = new HashSet<>();
        for (JsonNode each : enums.values()) {
            written.add(write(Names.type(each.get("name").asText()), EnumSource.of(each)));
        }
        Set<String> unused = new TreeSet<>(notOffered);
        for (JsonNode model : classes) {
            String type = Names.type(model.get("class").asText());
            written.add(write(type, ClassSource.of(model, notOffered)));
            String messages = MessagesSource.of(model, notOffered);
            if (messages != null) {
                written.add(write(type + "Messages", messages));
            }
            model.path("messages")
                    .forEach(m -> unused.remove(
                            model.get("class").asText() + "." + m.get("name").asText()));
        }
        if (!unused.isEmpty()) {
            throw new IOException("not-offered.txt names messages that the model does not have: " + unused);
        }
        written.add(write(
                "Errors",
                ErrorsSource.of(yaml.readTree(source.resolve("errors.yaml").toFile()))));
        written.add(write("XenModel", ModelSource.of(classes, enums)));
        removeOthers(written);
    }

    /** Leaves a file alone whose text has not changed, so that the compiler need not look at it again. */
    private Path write(String type, String text) throws IOException {
        Path file = target.resolve(type + ".java");
        if (!Files.exists(file) || !Files.readString(file).equals(text)) {
            Files.writeString(file, text);
        }
        return file;
    }

    private void removeOthers(Set<Path> written) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            for (Path file : files.filter(f -> !written.contains(f)).toList()) {
                Files.delete(file);
            }
        }
    }
}
