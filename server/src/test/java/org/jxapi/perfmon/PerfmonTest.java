package org.jxapi.perfmon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.harness.HandClock;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Reading;
import org.jxapi.measure.Sample;
import org.jxapi.measure.Source;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VM;

/** The alarms of upstream's python3/bin/perfmon. */
class PerfmonTest {
    private static final String HOST = "11111111-1111-4111-8111-111111111111";
    private static final String GUEST = "22222222-2222-4222-8222-222222222222";
    private static final String REPOSITORY = "33333333-3333-4333-8333-333333333333";
    private static final String CPU =
            "<config><variable><name value=\"cpu_usage\"/><alarm_trigger_level value=\"0.5\"/></variable></config>";

    @TempDir
    Path folder;

    private final HandClock clock = new HandClock("2026-11-28T00:00:00Z");
    private final Measurements measurements = new Measurements();
    private final Map<Owner, Map<Source, Double>> values = new HashMap<>();
    private Store store;
    private Perfmon perfmon;
    private Ref<VM> vm;
    private Ref<SR> sr;
    private Ref<Host> host;

    @BeforeEach
    void start() {
        store = H2Store.open(folder);
        store.change(tx -> {
            host = tx.create(Row.of(Host.XEN_CLASS).with(Host.UUID, HOST));
            vm = tx.create(Row.of(VM.XEN_CLASS).with(VM.UUID, GUEST));
            sr = tx.create(Row.of(SR.XEN_CLASS).with(SR.UUID, REPOSITORY));
            tx.create(
                    Row.of(PBD.XEN_CLASS).with(PBD.SR, sr).with(PBD.HOST, host).with(PBD.CURRENTLY_ATTACHED, true));
        });
        run(ControlDomain.UNKNOWN);
        set(Owner.vm(GUEST), "cpu0", 0.9);
        set(Owner.vm(GUEST), "cpu1", 0.9);
        set(Owner.host(HOST), "io_throughput_total_33333333", 100);
        set(Owner.sr(REPOSITORY), "physical_utilisation", 85);
        set(Owner.sr(REPOSITORY), "size", 100);
    }

    @AfterEach
    void end() {
        store.close();
    }

    private void run(ControlDomain domain) {
        perfmon = new Perfmon(store, measurements, domain, clock);
    }

    private void set(Owner owner, String name, double value) {
        values.computeIfAbsent(owner, o -> new HashMap<>())
                .put(Source.gauge(name, "", "").real(), value);
    }

    private void minutes(int count) {
        for (int i = 0; i < count * 12; i++) {
            clock.pass(Duration.ofSeconds(5));
            Map<Owner, Sample> samples = new HashMap<>();
            values.forEach((owner, sources) -> samples.put(
                    owner,
                    new Sample(
                            1,
                            sources.entrySet().stream()
                                    .map(source -> new Reading(source.getKey(), source.getValue()))
                                    .toList())));
            measurements.take(clock.instant().getEpochSecond(), samples, owner -> Optional.empty(), owner -> false);
            perfmon.look();
        }
    }

    private void configVm(String config) {
        store.change(tx -> tx.set(vm, VM.OTHER_CONFIG, Map.of("perfmon", config)));
    }

    private List<Row<Message>> alarms() {
        return store.snapshot().all(Message.XEN_CLASS).stream().map(Stored::row).toList();
    }

    @Test
    void anAlarmHasUpstreamsNamePriorityAndBody() {
        configVm(CPU);
        minutes(6);
        assertThat(alarms()).hasSize(1);
        Row<Message> alarm = alarms().get(0);
        assertThat(alarm.get(Message.NAME)).isEqualTo("ALARM");
        assertThat(alarm.get(Message.PRIORITY)).isEqualTo(3);
        assertThat(alarm.get(Message.CLS)).isEqualTo(Cls.VM);
        assertThat(alarm.get(Message.OBJ_UUID)).isEqualTo(GUEST);
        assertThat(alarm.get(Message.BODY))
                .isEqualTo("value: 0.900000\nconfig:\n<variable>\n\t<name value=\"cpu_usage\"/>\n"
                        + "\t<alarm_trigger_level value=\"0.5\"/>\n</variable>\n");
    }

    @Test
    void anAlarmComesAgainAfterAnHourAndNotBefore() {
        configVm(CPU);
        minutes(60);
        assertThat(alarms()).hasSize(1);
        minutes(12);
        assertThat(alarms()).hasSize(2);
    }

    @Test
    void aRestartRaisesNoAlarmAgain() {
        configVm(CPU);
        minutes(6);
        run(ControlDomain.UNKNOWN);
        minutes(10);
        assertThat(alarms()).hasSize(1);
    }

    @Test
    void allMinutesOfThePeriodMustBeBad() {
        configVm(CPU.replace("</variable>", "<alarm_trigger_period value=\"180\"/></variable>"));
        for (int i = 0; i < 9; i++) {
            set(Owner.vm(GUEST), "cpu0", i % 3 == 2 ? 0 : 0.9);
            set(Owner.vm(GUEST), "cpu1", i % 3 == 2 ? 0 : 0.9);
            minutes(1);
        }
        set(Owner.vm(GUEST), "cpu0", 0.9);
        set(Owner.vm(GUEST), "cpu1", 0.9);
        minutes(2);
        perfmon.compare();
        assertThat(alarms()).isEmpty();
        minutes(8);
        assertThat(alarms()).hasSize(1);
    }

    @Test
    void aChangedThresholdCountsAtOnceWhenItIsRefreshed() {
        minutes(6);
        configVm(CPU.replace("0.5", "0.8"));
        minutes(2);
        assertThat(new PerfmonPlugin(perfmon).call(Ref.nil(), "refresh", Map.of()))
                .isEqualTo("True");
        assertThat(alarms()).hasSize(1);
        assertThatThrownBy(() -> new PerfmonPlugin(perfmon).call(Ref.nil(), "stop", Map.of()))
                .isInstanceOf(XenApiException.class)
                .hasMessageContaining("UNKNOWN_XENAPI_PLUGIN_FUNCTION");
    }

    @Test
    void aLowSenseAlarmsBelowTheLevelAndNeverWithoutAValue() {
        configVm("<config><variable><name value=\"memory_internal_free\"/>"
                + "<alarm_trigger_level value=\"1000\"/></variable></config>");
        minutes(6);
        assertThat(alarms()).isEmpty();
        set(Owner.vm(GUEST), "memory_internal_free", 500);
        minutes(6);
        assertThat(alarms()).hasSize(1);
    }

    /** In KiB, as XenCenter sets it: free memory alarms when it is low. */
    @Test
    void aHostAlarmsWhenItsFreeMemoryIsLow() {
        String variable = "<variable>\n\t<name value=\"memory_free_kib\"/>\n"
                + "\t<alarm_trigger_level value=\"1048576\"/>\n"
                + "\t<alarm_trigger_period value=\"120\"/>\n</variable>\n";
        store.change(tx -> tx.set(host, Host.OTHER_CONFIG, Map.of("perfmon", "<config>" + variable + "</config>")));
        set(Owner.host(HOST), "memory_free_kib", 2 << 20);
        minutes(10);
        assertThat(alarms()).isEmpty();
        set(Owner.host(HOST), "memory_free_kib", 512 << 10);
        minutes(1);
        perfmon.compare();
        assertThat(alarms()).as("before the period has passed").isEmpty();
        minutes(5);
        assertThat(alarms()).hasSize(1);
        Row<Message> alarm = alarms().get(0);
        assertThat(alarm.get(Message.NAME)).isEqualTo("ALARM");
        assertThat(alarm.get(Message.CLS)).isEqualTo(Cls.HOST);
        assertThat(alarm.get(Message.OBJ_UUID)).isEqualTo(HOST);
        assertThat(alarm.get(Message.BODY)).isEqualTo("value: 524288.000000\nconfig:\n" + variable);
    }

    @Test
    void aFullSrAlarmsAtFourFifths() {
        store.change(tx -> tx.set(
                sr,
                SR.OTHER_CONFIG,
                Map.of("perfmon", "<config><variable><name value=\"physical_utilisation\"/></variable></config>")));
        minutes(6);
        assertThat(alarms()).hasSize(1);
        assertThat(alarms().get(0).get(Message.CLS)).isEqualTo(Cls.SR);
        assertThat(alarms().get(0).get(Message.BODY)).startsWith("value: 0.850000\n");
    }

    @Test
    void anSrCanHaveAThresholdForEachHost() {
        String config = "<config><variable><name value=\"sr_io_throughput_total_per_host\"/>"
                + "<alarm_trigger_level value=\"10\"/></variable></config>";
        store.change(tx -> tx.set(sr, SR.OTHER_CONFIG, Map.of("perfmon", config)));
        minutes(6);
        assertThat(alarms()).hasSize(1);
        assertThat(alarms().get(0).get(Message.CLS)).isEqualTo(Cls.HOST);
        assertThat(alarms().get(0).get(Message.BODY))
                .isEqualTo("value: 100.000000\nconfig:\n<variable>\n"
                        + "\t<name value=\"sr_io_throughput_total_33333333\"/>\n"
                        + "\t<alarm_trigger_level value=\"10\"/>\n"
                        + "\t<configured_on class=\"SR\" uuid=\"" + REPOSITORY + "\"/>\n</variable>\n");
    }

    @Test
    void theControlDomainHasThresholdsOfItsOwn() {
        store.change(tx -> tx.set(vm, VM.IS_CONTROL_DOMAIN, true));
        run(new ControlDomain() {
            @Override
            public double fileSystemUsage() {
                return 0.93;
            }

            @Override
            public double logFileSystemUsage() {
                return Double.NaN;
            }

            @Override
            public double memoryUsage() {
                return 0.97;
            }
        });
        minutes(6);
        assertThat(alarms())
                .extracting(alarm -> alarm.get(Message.BODY).split("\n")[0])
                .containsExactlyInAnyOrder("value: 0.930000", "value: 0.970000");
    }

    @Test
    void aWrongSettingIsIgnoredFromTheWrongVariableOn() {
        for (String wrong : List.of(
                "not XML",
                "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><config>&b;</config>",
                "<config><variable><name value=\"load\"/><alarm_trigger_level value=\"1\"/></variable></config>",
                "<config><variable><name value=\"cpu_usage\"/></variable></config>",
                "<config><variable><name value=\"cpu_usage\"/><alarm_trigger_level value=\"x\"/></variable></config>",
                "<config><variable><name value=\"a\"/><rrd_regex value=\"(\"/>"
                        + "<alarm_trigger_level value=\"1\"/></variable></config>")) {
            configVm(wrong);
            minutes(6);
            assertThat(alarms()).as(wrong).isEmpty();
        }
        configVm(CPU.replace("</config>", "<variable><name value=\"none\"/></variable></config>"));
        minutes(6);
        assertThat(alarms()).hasSize(1);
    }

    /** Such an expression looks at a text so often that it would never end. */
    @Test
    void anExpressionThatWouldNotEndMatchesNothing() {
        set(Owner.vm(GUEST), "a".repeat(60), 1);
        configVm("<config><variable><name value=\"x\"/><rrd_regex value=\"(a|a)*b\"/>"
                + "<alarm_trigger_level value=\"0\"/></variable></config>");
        minutes(6);
        assertThat(alarms()).isEmpty();
    }
}
