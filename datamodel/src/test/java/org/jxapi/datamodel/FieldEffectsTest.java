package org.jxapi.datamodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that does not say what becomes of a settable field, or says nonsense, is refused with file and field. */
class FieldEffectsTest {
    private static final Path MODEL = Path.of("src/main/model");

    @TempDir
    Path folder;

    /** Runs the generator, which the build has compiled, on a model in which one text is another. */
    private void generate(String from, String to) throws Exception {
        Path model = Files.createDirectories(folder.resolve("model"));
        try (Stream<Path> files = Files.list(MODEL)) {
            for (Path file : files.toList()) {
                Files.writeString(model.resolve(file.getFileName()), Files.readString(file));
            }
        }
        Path vif = model.resolve("VIF.yaml");
        String text = Files.readString(vif);
        assertThat(text).contains(from);
        Files.writeString(vif, text.replace(from, to));
        String out = folder.resolve("out").toString();
        String[] args = {model.toString(), out + "/sources", out + "/docs", out + "/resources"};
        URL[] classes = {Path.of("target/generator-classes/").toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
            Method main =
                    loader.loadClass("org.jxapi.datamodel.generator.Generate").getMethod("main", String[].class);
            main.invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw (Exception) e.getCause();
        }
    }

    @Test
    void everySettableFieldSaysWhatBecomesOfIt() throws IOException {
        assertThatCode(() -> generate("class: VIF", "class: VIF")).doesNotThrowAnyException();
        assertThat(folder.resolve("out/resources/org/jxapi/xenapi/field-effects.json"))
                .content()
                .contains("\"field\" : \"qos_algorithm_params\"")
                .contains("\"key\" : \"kbps\"");
        assertThatThrownBy(() -> generate("    effect: honoured by vif.VifCreation\n", ""))
                .isInstanceOf(IOException.class)
                .hasMessage("VIF.yaml: VIF.VM: no effect, though it can be set");
    }

    @Test
    void anUnknownEffectIsAnErrorThatNamesTheField() {
        assertThatThrownBy(() -> generate("effect: honoured by vif.VifCreation\n", "effect: ignored\n"))
                .hasMessage("VIF.yaml: VIF.VM: this is no effect: ignored");
        assertThatThrownBy(
                        () -> generate("effect: honoured by vif.VifCreation\n", "effect: \"refused: NO_SUCH_ERROR\"\n"))
                .hasMessage("VIF.yaml: VIF.VM: there is no error NO_SUCH_ERROR");
        assertThatThrownBy(() -> generate("      kbps: honoured by vm.GuestNics\n", "      kbps: honoured\n"))
                .hasMessage("VIF.yaml: VIF.qos_algorithm_params:kbps: this is no effect: honoured");
    }
}
