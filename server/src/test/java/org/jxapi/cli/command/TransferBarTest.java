package org.jxapi.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Upstream: ocaml/xapi-cli-server/cli_progress_bar.ml. */
class TransferBarTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void theLineHasEightyCharactersAndTellsHowLongItWillTake() {
        TransferBar bar = new TransferBar(0);
        assertThat(bar.update(0.25, 10 * SECOND))
                .hasValueSatisfying(line ->
                        assertThat(line).hasSize(1 + 80).matches("\r\\[-] #{12}> {43}\\( 25% ETA 00:00:30\\) "));
        assertThat(bar.update(1.0, 40 * SECOND))
                .hasValueSatisfying(line -> assertThat(line)
                        .hasSize(1 + 80)
                        .startsWith("\r[\\] ####")
                        .endsWith("#> (100% ETA 00:00:00) "));
    }

    @Test
    void itIsShownOnlyWhenItGrows() {
        TransferBar bar = new TransferBar(0);
        assertThat(bar.update(-1, SECOND)).isEmpty();
        assertThat(bar.update(0, SECOND)).isEmpty();
        assertThat(bar.update(0.5, SECOND)).isPresent();
        assertThat(bar.update(0.501, SECOND)).isEmpty();
        assertThat(bar.end(2 * SECOND)).isEqualTo("\nTotal time: 2.0s\n");
    }
}
