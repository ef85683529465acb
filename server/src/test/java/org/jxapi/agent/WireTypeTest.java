package org.jxapi.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.Device;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.XenstorePermissions;
import org.jxapi.hypervisor.XenstorePermissions.Access;

/** Values of the hypervisor's types as JSON. */
class WireTypeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DiskConfig DISK = DiskConfig.disk("/images/one", "xvda", DiskFormat.QCOW2);

    private static Object passed(Object value, Type type) throws Exception {
        return WireType.ofReport(type)
                .read(JSON.readTree(
                        JSON.writeValueAsBytes(WireType.ofReport(type).write(value))));
    }

    private static Object read(String json, Type type) throws Exception {
        return WireType.ofOrder(type).read(JSON.readTree(json));
    }

    @Test
    void valuesPassUnchanged() throws Exception {
        assertThat(passed(DISK, Device.class)).isEqualTo(DISK);
        assertThat(passed(DISK, DiskConfig.class)).isEqualTo(DISK);
        XenstorePermissions permissions = new XenstorePermissions(3, Access.READ, Map.of(7, Access.BOTH));
        assertThat(passed(permissions, XenstorePermissions.class)).isEqualTo(permissions);
        assertThat(passed(Double.NaN, double.class)).isEqualTo(Double.NaN);
        assertThat(passed(Long.MAX_VALUE, long.class)).isEqualTo(Long.MAX_VALUE);
        assertThat(passed('\u00e9', char.class)).isEqualTo('\u00e9');
        Instant instant = Instant.parse("2026-11-28T20:47:33.000000001Z");
        assertThat(passed(instant, Instant.class)).isEqualTo(instant);
        assertThat(passed(Duration.ofMillis(-1500), Duration.class)).isEqualTo(Duration.ofMillis(-1500));
    }

    @Test
    void anOrderWithAnUnknownComponentIsRefusedAndAReportIsNot() throws Exception {
        ObjectNode json = (ObjectNode) WireType.ofOrder(DiskConfig.class).write(DISK);
        json.put("newerThanThis", true);
        assertThat(WireType.ofReport(DiskConfig.class).read(json)).isEqualTo(DISK);
        assertThatThrownBy(() -> WireType.ofOrder(DiskConfig.class).read(json)).isInstanceOf(MalformedException.class);
    }

    @Test
    void whatIsNotOfTheTypeIsRefused() {
        for (String json : List.of(
                "{}",
                "[]",
                "7",
                "{\"DiskConfig\":7}",
                "{\"DiskConfig\":{}}",
                "{\"Runtime\":{}}",
                "{\"java.lang.Runtime\":{}}",
                "{\"DiskConfig\":{\"vdev\":\"a\",\"format\":\"NONE\"}}",
                "{\"DiskConfig\":{\"vdev\":[\"a\"]}}",
                "{\"DiskConfig\":{\"vdev\":\"a\",\"backendDomid\":99999999999}}",
                "{\"DiskConfig\":{\"vdev\":\"a\",\"backendDomid\":1.5}}")) {
            assertThatThrownBy(() -> read(json, Device.class)).as(json).isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> read("2147483648", int.class)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> read("\"ab\"", char.class)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> read("null", char.class)).isInstanceOf(MalformedException.class);
    }
}
