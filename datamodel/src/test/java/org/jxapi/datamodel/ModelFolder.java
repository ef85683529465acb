package org.jxapi.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A folder of model files that a test changes, and on which it runs the generator that the build has compiled. */
final class ModelFolder {
    private final Path model;
    private final Path out;

    /** A copy of the model files in {@code from}. */
    ModelFolder(Path from, Path temporary) throws IOException {
        model = Files.createDirectories(temporary.resolve("model"));
        out = temporary.resolve("out");
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
    }

    Path file(String name) {
        return model.resolve(name);
    }

    /** Replaces a text that the file must have. */
    void replace(String name, String from, String to) throws IOException {
        String text = Files.readString(file(name));
        assertThat(text).contains(from);
        Files.writeString(file(name), text.replace(from, to));
    }

    /** A file that the generator has written among the resources. */
    String resource(String name) throws IOException {
        return Files.readString(out.resolve("resources/org/jxapi/xenapi").resolve(name));
    }

    /** The faults that the generator finds; none if it writes its files. */
    List<String> faults() throws IOException {
        URL[] classes = {Path.of("target/generator-classes/").toUri().toURL()};
        String[] args = {model.toString(), out + "/sources", out + "/docs", out + "/resources"};
        try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
            Method run =
                    loader.loadClass("org.jxapi.datamodel.generator.Generate").getMethod("run", String[].class);
            run.invoke(null, (Object) args);
            return List.of();
        } catch (InvocationTargetException e) {
            assertThat(e.getCause()).isInstanceOf(IOException.class);
            assertThat(out).as("what is written in spite of faults").doesNotExist();
            return e.getCause().getMessage().lines().toList();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
