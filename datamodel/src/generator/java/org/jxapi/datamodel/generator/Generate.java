package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes the package {@code org.jxapi.xenapi}, the API reference, the OpenRPC description and what becomes of fields
 * from the model files.
 * Arguments: the folder of the model files; the folders for sources, reference and resources.
 */
public final class Generate {
    static final String PACKAGE = "org.jxapi.xenapi";

    private static final String PACKAGE_INFO = """
            /** The classes, enumerations and errors of the XenAPI, generated from the model files. */
            @NullMarked
            package %s;

            import org.jspecify.annotations.NullMarked;
            """.formatted(PACKAGE);

    private final Path target;

    private Generate(Path target) {
        this.target = target;
    }

    public static void main(String[] args) {
        try {
            run(args);
        } catch (IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    /** Does what {@link #main} does, and fails with the message that it would print. */
    public static void run(String... args) throws IOException {
        ModelFiles files = ModelFiles.read(Path.of(args[0]));
        String folder = PACKAGE.replace('.', '/');
        List<Described> classes = Described.all(files);
        new Generate(Path.of(args[1], folder)).sources(files, classes);
        new Generate(Path.of(args[2])).reference(classes, files.errors());
        new Generate(Path.of(args[3], folder)).resources(classes, files);
    }

    private void sources(ModelFiles files, List<Described> classes) throws IOException {
        Files.createDirectories(target);
        Set<Path> written = new HashSet<>();
        for (JsonNode each : files.enums().values()) {
            written.add(write(Names.type(each.get("name").asText()), EnumSource.of(each)));
        }
        for (Described each : classes) {
            String type = Names.type(each.model.name());
            written.add(write(type, ClassSource.of(each)));
            Optional<String> messages = MessagesSource.of(each);
            if (messages.isPresent()) {
                written.add(write(type + "Messages", messages.get()));
            }
        }
        written.add(write("package-info", PACKAGE_INFO));
        written.add(write("Errors", ErrorsSource.of(files.errors())));
        written.add(write("XenModel", ModelSource.of(files.classes(), files.enums())));
        removeOthers(written);
    }

    private void reference(List<Described> classes, JsonNode errors) throws IOException {
        Files.createDirectories(target);
        Set<Path> written = new HashSet<>();
        for (Described each : classes) {
            written.add(writeFile(each.model.name() + ".md", ClassPage.of(each)));
        }
        written.add(writeFile("errors.md", ErrorsPage.of(errors)));
        written.add(writeFile("README.md", IndexPage.of(classes)));
        removeOthers(written);
    }

    private void resources(List<Described> classes, ModelFiles files) throws IOException {
        Files.createDirectories(target);
        writeFile("openrpc.json", OpenRpc.of(classes, files.enums().values()));
        writeFile("field-effects.json", FieldEffects.of(files));
    }

    private Path write(String type, String text) throws IOException {
        return writeFile(type + ".java", text);
    }

    /** Leaves a file alone whose text has not changed, so that the compiler need not look at it again. */
    private Path writeFile(String name, String text) throws IOException {
        Path file = target.resolve(name);
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
