package org.jxapi.cli.thin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> NAMES = List.of("vm-list", "vm-start", "vm-shutdown", "vdi-list", "sr-list");

    @Test
    void typingErrorsLeadToTheNameThatWasMeant() {
        assertThat(Nearest.of("vm-lst", NAMES)).containsExactly("vm-list");
        assertThat(Nearest.of("vm-strat", NAMES)).containsExactly("vm-start");
        assertThat(Nearest.question("vm-shutdwn", NAMES)).isEqualTo("Did you mean vm-shutdown?");
    }

    @Test
    void nothingIsProposedForOtherWordsOrForNamesThatAreRight() {
        assertThat(Nearest.of("frobnicate", NAMES)).isEmpty();
        assertThat(Nearest.of("x", NAMES)).isEmpty();
        assertThat(Nearest.of("vm-list", List.of("vm-list"))).isEmpty();
        assertThat(Nearest.question("x".repeat(100_000), NAMES)).isEmpty();
    }

    @Test
    void swappedLettersAreOneMistake() {
        assertThat(Nearest.distance("lable", "label")).isEqualTo(1);
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
        assertThat(Nearest.distance("abc", "abc")).isZero();
    }
}
