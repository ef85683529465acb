package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.OrderedMap;
import org.jxapi.datamodel.Type;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VmOperations;

class ColumnsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void textsAreQuotedAsJsonWantsIt() throws Exception {
        List<String> texts =
                List.of("", "plain", "a \"quoted\" \\ one", "line\nend\t\u0001", "Zoë 日本 \uD83D\uDE00", "/");
        String column = (String) Columns.toColumn(VM.TAGS.type(), texts);
        assertThat(column).isEqualTo(JSON.writeValueAsString(texts));
        assertThat(Columns.fromColumn(VM.TAGS.type(), column)).isEqualTo(texts);
    }

    @Test
    void mapsKeepTheirOrder() throws Exception {
        Map<String, String> map = OrderedMap.of("z", "1", "a", "{\"b\": [1]}", "m \"", "");
        String column = (String) Columns.toColumn(VM.OTHER_CONFIG.type(), map);
        assertThat(column).isEqualTo(JSON.writeValueAsString(map));
        assertThat(Columns.fromColumn(VM.OTHER_CONFIG.type(), column)).isEqualTo(map);
        assertThat(Columns.toColumn(VM.OTHER_CONFIG.type(), Map.of())).isEqualTo("{}");
    }

    @Test
    void numbersAreBareUnlessJsonHasNoSuchNumber() {
        Type type = VMMetrics.VCPUS_UTILISATION.type();
        Map<Long, Double> map = new java.util.LinkedHashMap<>();
        map.put(0L, 0.1);
        map.put(1L, 1e-7);
        map.put(2L, Double.NaN);
        map.put(3L, Double.NEGATIVE_INFINITY);
        String column = (String) Columns.toColumn(type, map);
        assertThat(column).isEqualTo("{\"0\":0.1,\"1\":1.0E-7,\"2\":\"NaN\",\"3\":\"-Infinity\"}");
        assertThat(Columns.fromColumn(type, column)).isEqualTo(map);
    }

    @Test
    void constantsAreTheirNamesOnTheWire() {
        Type type = VM.CURRENT_OPERATIONS.type();
        Map<String, VmOperations> map = Map.of("OpaqueRef:1", VmOperations.HARD_REBOOT);
        assertThat(Columns.toColumn(type, map)).isEqualTo("{\"OpaqueRef:1\":\"hard_reboot\"}");
        assertThat(Columns.fromColumn(type, "{\"OpaqueRef:1\":\"hard_reboot\"}"))
                .isEqualTo(map);
        assertThat(Columns.toColumn(VM.ALLOWED_OPERATIONS.type(), List.of())).isEqualTo("[]");
    }
}
