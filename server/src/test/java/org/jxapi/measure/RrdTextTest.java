package org.jxapi.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of upstream's ocaml/libs/xapi-rrd/lib/rrd.ml (xml_to_output, Json, from_xml). */
class RrdTextTest {
    private static final double NOW = 1_800_000_000.5;

    private static Rrd measured() {
        Rrd rrd = new Rrd(Shape.AVERAGES);
        Source memory = Source.gauge("memory", "", "B");
        Source load = Source.gauge("loadavg", "", "").real().signed();
        Source cpu = Source.fraction("cpu0", "");
        for (int i = 0; i < 30; i++) {
            rrd.take(
                    NOW + i * 5,
                    List.of(new Reading(memory, 1L << 30), new Reading(load, 0.25), new Reading(cpu, 100 + i * 1.25)),
                    false);
        }
        return rrd;
    }

    private static Rrd read(String xml) throws IOException {
        return RrdReader.read(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void theXmlFormHasUpstreamsElementsInUpstreamsOrder() {
        String xml = RrdText.xml(measured(), false);
        assertThat(xml)
                .startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        + "<rrd><version>0003</version><step>5</step><lastupdate>1800000145</lastupdate>"
                        + "<ds><name>memory</name><type>GAUGE</type><minimal_heartbeat>300</minimal_heartbeat>"
                        + "<min>0.0</min><max>Infinity</max><last_ds>1073741824</last_ds><value>1073741824</value>"
                        + "<unknown_sec>0</unknown_sec></ds>"
                        + "<ds><name>loadavg</name><type>GAUGE</type><minimal_heartbeat>300</minimal_heartbeat>"
                        + "<min>-Infinity</min><max>Infinity</max><last_ds>0.25</last_ds><value>0.25</value>"
                        + "<unknown_sec>0</unknown_sec></ds>"
                        + "<ds><name>cpu0</name><type>DERIVE</type><minimal_heartbeat>300</minimal_heartbeat>"
                        + "<min>0.0</min><max>1</max><last_ds>136.25</last_ds><value>0.125</value>")
                .contains("<rra><cf>AVERAGE</cf><pdp_per_row>1</pdp_per_row><params><xff>0.5</xff></params><cdp_prep>"
                        + "<ds><primary_value>0.0</primary_value><secondary_value>0.0</secondary_value>"
                        + "<value>0.0</value><unknown_datapoints>0</unknown_datapoints></ds>")
                .contains("</cdp_prep><database><row><v>NaN</v><v>NaN</v><v>NaN</v></row>")
                .contains("<row><v>1073741824</v><v>0.25</v><v>0.25</v></row></database></rra>")
                .endsWith("</database></rra></rrd>");
        assertThat(xml.split("<row>", -1)).hasSize(1 + 120 + 120 + 168 + 366);
    }

    @Test
    void allNumbersOfTheJsonFormAreText() throws Exception {
        JsonNode json = new ObjectMapper().readTree(RrdText.json(measured()));
        assertThat(json.fieldNames()).toIterable().containsExactly("version", "step", "lastupdate", "ds", "rra");
        JsonNode source = json.get("ds").get(2);
        assertThat(source.toString())
                .isEqualTo("{\"name\":\"cpu0\",\"type\":\"DERIVE\",\"minimal_heartbeat\":\"300\",\"min\":\"0.0\","
                        + "\"max\":\"1\",\"last_ds\":\"136.25\",\"value\":\"0.125\",\"unknown_sec\":\"0.0\","
                        + "\"last_updated\":\"1800000145.5\"}");
        JsonNode minutes = json.get("rra").get(1);
        assertThat(minutes.get("cf").asText()).isEqualTo("AVERAGE");
        assertThat(minutes.get("pdp_per_row").textValue()).isEqualTo("12");
        assertThat(minutes.get("params").toString()).isEqualTo("{\"xff\":\"0.5\"}");
        assertThat(minutes.get("database")).hasSize(120);
        assertThat(minutes.get("database").get(119).get(0).textValue()).isEqualTo("1073741824");
    }

    @Test
    void aFileReadsAsWhatWasWritten() throws Exception {
        String written = RrdText.xml(measured(), true);
        Rrd read = read(written);
        assertThat(RrdText.xml(read, true)).isEqualTo(written);
        assertThat(read.updated()).isEqualTo(NOW + 145);
    }

    @Test
    void whatWasReadGoesOnAsIfNothingHadHappened() throws Exception {
        Rrd rrd = measured();
        Rrd read = read(RrdText.xml(rrd, true));
        List<Reading> next =
                List.of(new Reading(Source.gauge("memory", "", "B"), 5), new Reading(Source.fraction("cpu0", ""), 140));
        rrd.take(NOW + 150, next, false);
        read.take(NOW + 150, next, false);
        for (String name : List.of("memory", "cpu0")) {
            for (int archive = 0; archive < Shape.AVERAGES.size(); archive++) {
                Archive expected = rrd.series(name).orElseThrow().archives().get(archive);
                Archive actual = read.series(name).orElseThrow().archives().get(archive);
                long last = RrdText.lastRow(rrd, expected.shape());
                assertThat(actual.at(last)).isEqualTo(Double.valueOf(expected.at(last)));
                assertThat(actual.value()).isCloseTo(expected.value(), Percentage.withPercentage(1e-9));
                assertThat(actual.unknown()).isEqualTo(expected.unknown());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<rrd/>",
                "<rrd><step>7</step></rrd>",
                "<!DOCTYPE rrd [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><rrd><step>&e;</step></rrd>",
                "<rrd><step>5</step><lastupdate>1</lastupdate><ds><name>a</name><type>COUNTER</type></ds></rrd>",
                "<rrd><step>5</step><lastupdate>1</lastupdate><rra><cf>AVERAGE</cf><pdp_per_row>7</pdp_per_row></rra></rrd>",
                "<rrd><step>5</step><lastupdate>1</lastupdate><ds><name>a</name><type>GAUGE</type></ds><rra><cf>AVERAGE</cf>"
                        + "<pdp_per_row>1</pdp_per_row><database><row><v>1</v><v>1</v></row></database></rra></rrd>"
            })
    void aDocumentThatIsNoRrdIsRefused(String xml) {
        assertThatThrownBy(() -> read(xml)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40, 300, 2000, 9000})
    void aDocumentThatIsCutOffIsRefused(int length) {
        String xml = RrdText.xml(measured(), true);
        assertThatThrownBy(() -> read(xml.substring(0, length))).isInstanceOf(IOException.class);
    }
}
