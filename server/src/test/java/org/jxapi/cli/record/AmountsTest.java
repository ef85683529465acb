package org.jxapi.cli.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AmountsTest {
    @Test
    void decimalsLookAsThoseOfC() {
        assertThat(Amounts.decimal(1.0 / 3, 3)).isEqualTo("0.333");
        assertThat(Amounts.decimal(2, 6)).isEqualTo("2.000000");
        assertThat(Amounts.decimal(Double.NaN, 3)).isEqualTo("nan");
        assertThat(Amounts.decimal(Double.POSITIVE_INFINITY, 3)).isEqualTo("inf");
        assertThat(Amounts.decimal(Double.NEGATIVE_INFINITY, 6)).isEqualTo("-inf");
    }
}
