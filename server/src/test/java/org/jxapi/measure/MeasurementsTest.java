package org.jxapi.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasurementsTest {
    private static final long START = 1_800_000_000L;
    private static final List<String> ALL = List.of("");

    private final Measurements measurements = new Measurements();

    private void minutes(int from, int to) {
        for (long t = from * 60L + 5; t <= to * 60L; t += 5) {
            measurements.take(START + t, Map.of("vm:a:memory", (double) ((t - 1) / 60), "host:h:load", 1.0));
        }
    }

    @Test
    void theNewestValueComesFirst() {
        minutes(0, 2);
        Measurements.Answer answer = measurements.since(START + 110, 5, ALL);
        assertThat(answer.step()).isEqualTo(5);
        assertThat(answer.end()).isEqualTo(START + 120);
        assertThat(answer.names()).containsExactly("host:h:load", "vm:a:memory");
        assertThat(answer.rows())
                .extracting(Measurements.Row::time)
                .containsExactly(START + 120, START + 115, START + 110);
        assertThat(answer.rows().get(0).values()).containsExactly(1, 1);
    }

    @Test
    void aLongerIntervalGetsAverages() {
        minutes(0, 4);
        Measurements.Answer answer = measurements.since(START + 60, 60, List.of("vm:a:"));
        assertThat(answer.step()).isEqualTo(60);
        assertThat(answer.rows()).extracting(row -> row.values()[0]).containsExactly(3f, 2f, 1f, 0f);
    }

    @Test
    void whatIsTooOldForShortStepsComesFromLongerOnes() {
        minutes(0, 30);
        assertThat(measurements.since(START + 60, 0, ALL).step()).isEqualTo(60);
        assertThat(measurements.since(-60, 0, ALL).step()).isEqualTo(5);
    }

    @Test
    void aGapIsNotFilledAndWhatIsGoneIsForgotten() {
        minutes(0, 1);
        minutes(3, 4);
        Measurements.Answer answer = measurements.since(START + 60, 60, List.of("vm:a:"));
        assertThat(answer.rows()).extracting(row -> row.values()[0]).containsExactly(3f, Float.NaN, Float.NaN, 0f);
        measurements.take(START + 245, Map.of("host:h:load", 1.0));
        assertThat(measurements.since(START, 5, ALL).names()).containsExactly("host:h:load");
    }

    @Test
    void whatIsForgottenBeginsAnewWhenItIsRecorded() {
        minutes(0, 2);
        measurements.forget("vm:a:memory");
        minutes(2, 3);
        assertThat(measurements.since(START, 5, ALL).names()).containsExactly("host:h:load");
        measurements.record("vm:a:memory");
        measurements.take(START + 185, Map.of("vm:a:memory", 7.0, "host:h:load", 1.0));
        Measurements.Answer answer = measurements.since(START + 175, 5, List.of("vm:a:"));
        assertThat(answer.rows()).extracting(row -> row.values()[0]).containsExactly(7f, Float.NaN, Float.NaN);
    }
}
