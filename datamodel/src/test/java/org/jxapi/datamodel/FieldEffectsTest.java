package org.jxapi.datamodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that does not say what becomes of a settable field, or says nonsense, is refused with file and field. */
class FieldEffectsTest {
    @TempDir
    Path temporary;

    private ModelFolder model;

    @BeforeEach
    void copyTheModel() throws IOException {
        model = new ModelFolder(Path.of("src/main/model"), temporary);
    }

    private List<String> faultsAfter(String from, String to) throws IOException {
        model.replace("VIF.yaml", from, to);
        return model.faults();
    }

    @Test
    void effectsAreWrittenAsJson() throws IOException {
        assertThat(model.faults()).isEmpty();
        assertThat(model.resource("field-effects.json"))
                .contains("\"field\" : \"qos_algorithm_params\"")
                .contains("\"key\" : \"kbps\"");
    }

    @Test
    void everySettableFieldSaysWhatBecomesOfIt() throws IOException {
        assertThat(faultsAfter("    effect: honoured by vif.VifCreation\n", ""))
                .containsExactly("VIF.yaml: VIF.VM: no effect, though it can be set");
    }

    @Test
    void keysNeedAnEffectOfTheField() throws IOException {
        assertThat(faultsAfter("    effect: kept\n    keys:\n", "    keys:\n"))
                .containsExactly("VIF.yaml: VIF.other_config: keys without an effect of the field");
    }

    @Test
    void unknownEffectsAreFaults() throws IOException {
        model.replace("VIF.yaml", "effect: honoured by vif.VifCreation\n", "effect: ignored\n");
        assertThat(faultsAfter("      kbps: honoured by domain.GuestNics\n", "      kbps: honoured\n"))
                .containsExactly(
                        "VIF.yaml: VIF.VM: this is no effect: ignored",
                        "VIF.yaml: VIF.qos_algorithm_params:kbps: this is no effect: honoured");
    }

    @Test
    void errorsOfEffectsAreKnownOnes() throws IOException {
        assertThat(faultsAfter("effect: honoured by vif.VifCreation\n", "effect: \"refused: NO_SUCH_ERROR\"\n"))
                .containsExactly("VIF.yaml: VIF.VM: unknown error NO_SUCH_ERROR");
    }
}
