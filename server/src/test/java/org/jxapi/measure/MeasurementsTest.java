package org.jxapi.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasurementsTest {
    private static final long START = 1_800_000_000L;
    private static final List<String> ALL = List.of("");

    private final Measurements measurements = new Measurements();

    private Measurements.Answer since(long start, long interval, List<String> prefixes) {
        return measurements.since(start, interval, List.of(Consolidation.AVERAGE), prefixes);
    }

    private void minutes(int from, int to) {
        for (long t = from * 60L + 5; t <= to * 60L; t += 5) {
            measurements.take(START + t, Map.of("vm:a:memory", (double) ((t - 1) / 60), "host:h:load", 1.0));
        }
    }

    @Test
    void theNewestValueComesFirst() {
        minutes(0, 2);
        Measurements.Answer answer = since(START + 110, 5, ALL);
        assertThat(answer.step()).isEqualTo(5);
        assertThat(answer.end()).isEqualTo(START + 120);
        assertThat(answer.legend()).containsExactly("AVERAGE:host:h:load", "AVERAGE:vm:a:memory");
        assertThat(answer.rows())
                .extracting(Measurements.Row::time)
                .containsExactly(START + 120, START + 115, START + 110);
        assertThat(answer.rows().get(0).values()).containsExactly(1, 1);
    }

    @Test
    void aLongerIntervalGetsAverages() {
        minutes(0, 4);
        Measurements.Answer answer = since(START + 60, 60, List.of("vm:a:"));
        assertThat(answer.step()).isEqualTo(60);
        assertThat(answer.rows()).extracting(row -> row.values()[0]).containsExactly(3.0, 2.0, 1.0, 0.0);
    }

    @Test
    void eachFunctionTellsItsOwnOfALongerInterval() {
        for (int i = 1; i <= 24; i++) {
            measurements.take(START + i * 5L, Map.of("vm:a:memory", (double) (i % 12), "vm:a:cpu0", 1.0));
        }
        Measurements.Answer answer = measurements.since(
                START + 60,
                60,
                List.of(Consolidation.AVERAGE, Consolidation.MIN, Consolidation.MAX, Consolidation.LAST),
                List.of("vm:a:m"));
        assertThat(answer.legend())
                .containsExactly("AVERAGE:vm:a:memory", "MIN:vm:a:memory", "MAX:vm:a:memory", "LAST:vm:a:memory");
        assertThat(answer.rows().get(0).values()).containsExactly(5.5, 0, 11, 0);
        Measurements.Answer short5 = measurements.since(START + 115, 5, List.of(Consolidation.MAX), List.of("vm:a:m"));
        assertThat(short5.rows()).extracting(row -> row.values()[0]).containsExactly(0.0, 11.0);
    }

    @Test
    void oneOwnerFollowsTheOtherAndOfEachOneFunctionTheOther() {
        minutes(0, 1);
        Measurements.Answer answer = measurements.since(START, 5, List.of(Consolidation.MIN, Consolidation.MAX), ALL);
        assertThat(answer.legend())
                .containsExactly("MIN:host:h:load", "MAX:host:h:load", "MIN:vm:a:memory", "MAX:vm:a:memory");
    }

    @Test
    void largeNumbersLoseNothing() {
        measurements.take(START, Map.of("vm:a:memory", 16777217.0));
        assertThat(since(START, 5, ALL).rows().get(0).values()).containsExactly(16777217.0);
    }

    @Test
    void nothingIsAnsweredForOwnersThatAreNotMeasured() {
        minutes(0, 1);
        assertThat(since(START, 5, List.of("vm:b:")).legend()).isEmpty();
    }

    @Test
    void whatIsTooOldForShortStepsComesFromLongerOnes() {
        minutes(0, 30);
        assertThat(since(START + 60, 0, ALL).step()).isEqualTo(60);
        assertThat(since(-60, 0, ALL).step()).isEqualTo(5);
    }

    @Test
    void aGapIsNotFilledAndWhatIsGoneIsForgotten() {
        minutes(0, 1);
        minutes(3, 4);
        Measurements.Answer answer = since(START + 60, 60, List.of("vm:a:"));
        assertThat(answer.rows()).extracting(row -> row.values()[0]).containsExactly(3.0, Double.NaN, Double.NaN, 0.0);
        measurements.take(START + 245, Map.of("host:h:load", 1.0));
        assertThat(since(START, 5, ALL).legend()).containsExactly("AVERAGE:host:h:load");
    }

    @Test
    void whatIsForgottenBeginsAnewWhenItIsRecorded() {
        minutes(0, 2);
        measurements.forget("vm:a:memory");
        minutes(2, 3);
        assertThat(since(START, 5, ALL).legend()).containsExactly("AVERAGE:host:h:load");
        measurements.record("vm:a:memory");
        measurements.take(START + 185, Map.of("vm:a:memory", 7.0, "host:h:load", 1.0));
        Measurements.Answer answer = since(START + 175, 5, List.of("vm:a:"));
        assertThat(answer.rows()).extracting(row -> row.values()[0]).containsExactly(7.0, Double.NaN, Double.NaN);
    }
}
