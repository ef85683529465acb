package org.jxapi.xe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ColoursTest {
    private static final String RECORD = "uuid ( RO)           : 1\n    power-state ( RO): running\n";

    @Test
    void namesOfFieldsAndStatesHaveColours() {
        assertThat(Colours.of(RECORD))
                .isEqualTo("\u001b[2muuid ( RO)           : \u001b[0m1\n"
                        + "\u001b[2m    power-state ( RO): \u001b[0m\u001b[32mrunning\u001b[0m\n");
    }

    @Test
    void otherTextStaysAsItIs() {
        assertThat(Colours.of("5f4e9b0c-6a1e\n")).isEqualTo("5f4e9b0c-6a1e\n");
    }

    /** The output of this test is no terminal. */
    @Test
    void scriptsGetNoColours() {
        assertThat(Colours.wanted()).isFalse();
    }
}
