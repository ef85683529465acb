package org.jxapi.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers as upstream's ocaml/libs/xapi-rrd/lib/rrd_utils.ml (f_to_s) writes them. */
class NumbersTest {
    @ParameterizedTest
    @CsvSource({
        "1073741824, 1073741824",
        "67108864, 67108864",
        "4294967296, 4294967296",
        "0, 0.0",
        "-0.0, 0.0",
        "1, 1",
        "-12, -12",
        "0.5, 0.5",
        "0.09999973326921463, 0.0999997332692146",
        "0.1, 0.1",
        "0.30000000000000004, 0.3",
        "123456789.123456789, 123456789.123457",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "0.0000123456789012345678, 1.23456789012346e-05",
        "999999999999999, 999999999999999",
        "1000000000000000, 1e+15",
        "1e15, 1e+15",
        "1234567890123456789, 1.23456789012346e+18",
        "-2.5e-300, -2.5e-300",
        "4.9e-324, 4.94065645841247e-324",
        "999999999999999.9, 1e+15",
    })
    void aNumberHasFifteenDigitsAtMostAndNoTrailingZeros(double value, String text) {
        assertThat(Numbers.text(value)).isEqualTo(text);
    }

    /** Both ways of writing a number agree: the one for all, and the one for numbers near their decimal point. */
    @Test
    void theShortWayOfWritingIsExact() {
        Random random = new Random(16);
        for (int i = 0; i < 200_000; i++) {
            double value = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(19) - 3);
            double rounded = Double.parseDouble(Numbers.exact(value));
            assertThat(Numbers.text(value)).isEqualTo(Numbers.exact(value));
            assertThat(Numbers.text(rounded)).isEqualTo(Numbers.exact(rounded));
        }
        for (double value : new double[] {0.5 + 1 / 1024.0, 1e14 + 1 / 64.0, 99999999999999.98, 0.1 + 0.2, 1e-4}) {
            assertThat(Numbers.text(value)).isEqualTo(Numbers.exact(value));
        }
    }

    @Test
    void whatIsNoNumberHasAName() {
        assertThat(Numbers.text(Double.NaN)).isEqualTo("NaN");
        assertThat(Numbers.text(Double.POSITIVE_INFINITY)).isEqualTo("Infinity");
        assertThat(Numbers.text(Double.NEGATIVE_INFINITY)).isEqualTo("-Infinity");
    }

    @Test
    void everyTextReadsAsTheNumberToFifteenDigits() {
        Random random = new Random(15);
        for (int i = 0; i < 20_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value) && value != 0) {
                double read = Double.parseDouble(Numbers.text(value));
                assertThat(Math.abs(read - value)).isLessThanOrEqualTo(Math.abs(value) * 5.1e-15 + Double.MIN_VALUE);
            }
        }
    }
}
