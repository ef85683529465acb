package org.jxapi.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.harness.Eventually;
import org.jxapi.xenapi.DataSource;

/** The rules of upstream's ocaml/libs/xapi-rrd/lib/rrd.ml, rrd_updates.ml, and ocaml/xcp-rrdd/bin/rrdd/rrdd_monitor.ml. */
class MeasurementsTest {
    private static final long START = 1_800_000_000L;
    private static final Owner HOST = Owner.host("h");
    private static final Owner VM = Owner.vm("a");
    private static final Source MEMORY = Source.gauge("memory", "", "B");
    private static final Source LOAD = Source.gauge("load", "", "").real();
    private static final Source SENT = Source.derive("sent", "", "B/s");
    private static final Source ERRORS = Source.derive("errors", "", "err/s").onDemand();

    private final Measurements measurements = new Measurements();

    private Map<Owner, Rrd> take(double seconds, Map<Owner, List<Reading>> readings) {
        Map<Owner, Sample> samples = new LinkedHashMap<>();
        readings.forEach((owner, list) -> samples.put(owner, new Sample(1, list)));
        return measurements.take(START + seconds, samples, owner -> Optional.empty(), owner -> false);
    }

    private static List<Reading> of(Source source, double value) {
        return List.of(new Reading(source, value));
    }

    private RrdUpdates.Answer since(long start, long interval, Consolidation function) {
        return measurements.answer(
                new RrdUpdates.Question(start, interval, Optional.ofNullable(function), owner -> true));
    }

    /** The values of a column, the newest first. */
    private static List<Double> column(RrdUpdates.Answer answer, String name) {
        int column = answer.legend().indexOf(name);
        assertThat(column).as("%s in %s", name, answer.legend()).isNotNegative();
        List<Double> values = new ArrayList<>();
        answer.lines().forEach(line -> values.add(line.values()[column]));
        return values;
    }

    private void minutes(int from, int to) {
        for (int t = from * 60 + 5; t <= to * 60; t += 5) {
            take(t, Map.of(HOST, of(LOAD, 1), VM, of(MEMORY, (t - 1) / 60)));
        }
    }

    @Test
    void aQuestionWaitsForTheFirstValuesAndNoLonger() throws Exception {
        measurements.awaitFirst(1);
        Thread question = new Thread(() -> {
            try {
                measurements.awaitFirst(Long.MAX_VALUE / 1_000_000_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        question.start();
        Eventually.holds(() -> assertThat(question.getState()).isEqualTo(Thread.State.TIMED_WAITING));
        take(5, Map.of(HOST, of(LOAD, 1)));
        question.join(60_000);
        assertThat(question.isAlive()).isFalse();
    }

    @Test
    void theNewestValueComesFirst() {
        minutes(0, 2);
        RrdUpdates.Answer answer = since(START + 110, 5, Consolidation.AVERAGE);
        assertThat(answer.step()).isEqualTo(5);
        assertThat(answer.start()).isEqualTo(START + 115);
        assertThat(answer.end()).isEqualTo(START + 120);
        assertThat(answer.legend()).containsExactly("AVERAGE:host:h:load", "AVERAGE:vm:a:memory");
        assertThat(answer.lines())
                .extracting(RrdUpdates.Line::time)
                .containsExactly(START + 120, START + 115, START + 110);
    }

    @Test
    void aLongerIntervalGetsAveragesAndOfAHostTheExtremesToo() {
        minutes(0, 4);
        assertThat(column(since(START + 120, 60, Consolidation.AVERAGE), "AVERAGE:vm:a:memory"))
                .containsExactly(3.0, 2.0, 1.0);
        assertThat(since(START + 120, 60, null).legend())
                .containsExactly("AVERAGE:host:h:load", "MIN:host:h:load", "MAX:host:h:load", "AVERAGE:vm:a:memory");
    }

    @Test
    void eachFunctionConsolidatesInItsOwnWay() {
        measurements.keepExtremes(true);
        for (int i = 1; i <= 24; i++) {
            take(i * 5, Map.of(VM, of(MEMORY, i % 12)));
        }
        RrdUpdates.Answer answer = since(START + 60, 60, null);
        assertThat(answer.lines().get(0).values()).containsExactly(5.5, 0, 11);
    }

    @Test
    void aFunctionWithoutArchivesAndOwnersWithoutMeasurementsHaveNoAnswer() {
        minutes(0, 1);
        assertThatThrownBy(() -> since(START, 5, Consolidation.MAX)).isInstanceOf(NoArchiveException.class);
        assertThatThrownBy(
                        () -> measurements.answer(new RrdUpdates.Question(START, 5, Optional.empty(), owner -> false)))
                .isInstanceOf(NoArchiveException.class);
    }

    @Test
    void aTimeThatIsTooOldForShortRowsComesFromLongerOnes() {
        minutes(0, 30);
        assertThat(since(START + 60, 0, Consolidation.AVERAGE).step()).isEqualTo(60);
        assertThat(since(-60, 0, Consolidation.AVERAGE).step()).isEqualTo(5);
        assertThat(since(0, 0, Consolidation.AVERAGE).step()).isEqualTo(86_400);
        assertThat(since(-60, 3600, Consolidation.AVERAGE).step()).isEqualTo(3600);
    }

    @Test
    void aCounterBecomesARateAndAJumpBackIsUnknown() {
        for (int i = 0; i <= 3; i++) {
            take(0.5 + 5 * i, Map.of(VM, of(SENT, 1000 + 500 * i)));
        }
        take(20.5, Map.of(VM, of(SENT, 7)));
        take(25.5, Map.of(VM, of(SENT, 1007)));
        assertThat(column(since(START, 5, Consolidation.AVERAGE), "AVERAGE:vm:a:sent"))
                .containsExactly(200.0, Double.NaN, 100.0, 100.0, 100.0, Double.NaN);
    }

    @Test
    void aDomainThatBeginsAgainCountsFromZero() {
        take(0.5, Map.of(VM, of(SENT, 1_000_000)));
        measurements.take(
                START + 5.5, Map.of(VM, new Sample(2, of(SENT, 50))), owner -> Optional.empty(), owner -> false);
        assertThat(column(since(START + 5, 5, Consolidation.AVERAGE), "AVERAGE:vm:a:sent")
                        .get(0))
                .isBetween(0.0, 10.0);
    }

    @Test
    void busyTimeIsWhatIdleTimeLeavesAndNeverMoreThanAll() {
        Source cpu = Source.fraction("cpu0", "").inverted();
        Source usage = Source.fraction("usage", "");
        double[] idle = {100, 104, 104, 106};
        double[] used = {0, 5.2, 10.5, 11};
        for (int i = 0; i < idle.length; i++) {
            take(5 * i, Map.of(HOST, List.of(new Reading(cpu, idle[i]), new Reading(usage, used[i]))));
        }
        RrdUpdates.Answer answer = since(START, 5, Consolidation.AVERAGE);
        assertThat(column(answer, "AVERAGE:host:h:cpu0")).containsExactly(0.6, 1.0, 0.19999999999999996, Double.NaN);
        // Up to 5 % beyond the maximum is an error of the measurement.
        assertThat(column(answer, "AVERAGE:host:h:usage")).containsExactly(0.1, Double.NaN, 1.0, Double.NaN);
    }

    @Test
    void aCountIsDividedByTheTimeThatPassed() {
        Source requests = Source.absolute("iops", "", "requests/s");
        take(0, Map.of(VM, of(requests, 0)));
        take(5, Map.of(VM, of(requests, 100)));
        take(15, Map.of(VM, of(requests, 100)));
        assertThat(column(since(START + 5, 5, Consolidation.AVERAGE), "AVERAGE:vm:a:iops"))
                .containsExactly(10.0, 10.0, 20.0);
    }

    @Test
    void aSourceThatStopsIsUnknownAndOneThatComesIsAdded() {
        minutes(0, 1);
        take(65, Map.of(HOST, of(LOAD, 1), VM, of(SENT, 1)));
        RrdUpdates.Answer answer = since(START + 60, 5, Consolidation.AVERAGE);
        assertThat(column(answer, "AVERAGE:vm:a:memory")).containsExactly(Double.NaN, 0.0);
        assertThat(answer.legend()).contains("AVERAGE:vm:a:sent");
    }

    @Test
    void aRowIsUnknownWhenMoreThanHalfOfItIs() {
        minutes(0, 1);
        for (int t = 65; t <= 120; t += 5) {
            take(t, t < 90 ? Map.of(VM, of(MEMORY, 4)) : Map.of(VM, of(SENT, t)));
        }
        for (int t = 125; t <= 180; t += 5) {
            take(t, t < 165 ? Map.of(VM, of(MEMORY, 8)) : Map.of(VM, of(SENT, t)));
        }
        assertThat(column(since(START + 60, 60, Consolidation.AVERAGE), "AVERAGE:vm:a:memory"))
                .containsExactly(8.0, Double.NaN, 0.0);
    }

    /** The restart of a daemon takes a moment, in which a gauge stays as it is, and a counter counts on. */
    @Test
    void aShortPauseLeavesNoGapAndALongOneDoes() {
        take(0, Map.of(VM, List.of(new Reading(MEMORY, 1), new Reading(SENT, 0))));
        take(30, Map.of(VM, List.of(new Reading(MEMORY, 2), new Reading(SENT, 300))));
        take(331, Map.of(VM, List.of(new Reading(MEMORY, 3), new Reading(SENT, 600))));
        RrdUpdates.Answer answer = since(START, 5, Consolidation.AVERAGE);
        assertThat(column(answer, "AVERAGE:vm:a:sent").subList(60, 66)).containsOnly(10.0);
        assertThat(column(answer, "AVERAGE:vm:a:memory").subList(60, 66)).containsOnly(2.0);
        assertThat(column(answer, "AVERAGE:vm:a:sent").subList(0, 60)).containsOnly(Double.NaN);
    }

    @Test
    void onlyStandardSourcesAreRecordedUnasked() {
        List<Reading> readings = List.of(new Reading(MEMORY, 1), new Reading(ERRORS, 0));
        take(0, Map.of(VM, readings));
        assertThat(enabled()).containsExactly(Map.entry("errors", false), Map.entry("memory", true));
        assertThatThrownBy(() -> measurements.query(VM, "errors"))
                .isInstanceOf(XenApiException.class)
                .hasMessageContaining("Rrd.Invalid_data_source(\"errors\")");
        measurements.record(VM, "errors");
        assertThat(measurements.query(VM, "errors")).isNaN();
        assertThat(measurements.query(VM, "memory")).isEqualTo(1);
        take(5, Map.of(VM, readings));
        take(10, Map.of(VM, readings));
        assertThat(measurements.query(VM, "errors")).isZero();
        measurements.forget(VM, "errors");
        take(15, Map.of(VM, of(MEMORY, 1)));
        assertThat(enabled()).containsExactly(Map.entry("memory", true));
        assertThat(measurements.changed()).containsExactly(VM);
        assertThatThrownBy(() -> measurements.record(VM, "none")).isInstanceOf(XenApiException.class);
    }

    private List<Map.Entry<String, Boolean>> enabled() {
        return measurements.sources(VM).stream()
                .map(row -> Map.entry(row.get(DataSource.NAME_LABEL), row.get(DataSource.ENABLED)))
                .toList();
    }

    /** As in upstream a standard source that has values is recorded again at the next look, without its past. */
    @Test
    void aStandardSourceThatIsForgottenBeginsAgain() {
        minutes(0, 2);
        measurements.forget(VM, "memory");
        take(125, Map.of(HOST, of(LOAD, 1), VM, of(MEMORY, 9)));
        assertThat(column(since(START + 115, 5, Consolidation.AVERAGE), "AVERAGE:vm:a:memory"))
                .containsExactly(9.0, Double.NaN, Double.NaN);
    }

    @Test
    void anOwnerThatIsGoneEndsUnlessItComesBackInAMoment() {
        minutes(0, 1);
        Map<Owner, Sample> onlyHost = Map.of(HOST, new Sample(0, of(LOAD, 1)));
        assertThat(measurements.take(START + 65, onlyHost, owner -> Optional.empty(), owner -> true))
                .isEmpty();
        assertThat(measurements.take(START + 70, onlyHost, owner -> Optional.empty(), owner -> false))
                .containsOnlyKeys(VM);
        assertThat(measurements.owners()).containsExactly(HOST);
    }
}
