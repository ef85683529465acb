package org.jxapi.cli.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.jxapi.cli.thin.CliException;

class RecordKindsTest {
    @Test
    void everyFieldHasAValueOrCodeThatComputesOne() {
        for (RecordKind kind : RecordKinds.all()) {
            assertThat(kind.fields())
                    .as(kind.name())
                    .allMatch(f -> f.field() != null || ComputedFields.knows(kind, f))
                    .extracting(RecordField::name)
                    .doesNotHaveDuplicates()
                    .containsAll(kind.shown())
                    .containsAll(kind.where().keySet());
        }
    }

    @Test
    void everySetterHasItsMessage() {
        for (RecordKind kind : RecordKinds.all()) {
            for (RecordField field : kind.fields()) {
                if (field.settable()) {
                    String name = field.field() == null
                            ? field.name().replace('-', '_')
                            : field.field().name();
                    assertThat(kind.model().message("set_" + name))
                            .as(kind.name() + " " + field.name())
                            .isNotNull();
                }
                if (field.access() == RecordField.Access.MRW && !field.has("set-map")) {
                    assertThat(kind.model().message("add_to_" + field.field().name()))
                            .as(kind.name() + " " + field.name())
                            .isNotNull();
                }
            }
        }
    }

    @Test
    void sizesTakeUnits() {
        assertThat(Amounts.bytes("x", "512")).isEqualTo(512);
        assertThat(Amounts.bytes("x", "4KiB")).isEqualTo(4096);
        assertThat(Amounts.bytes("x", "2 GiB")).isEqualTo(2L << 30);
        assertThat(Amounts.bytes("x", "1m")).isEqualTo(1L << 20);
        assertThat(Amounts.bytes("x", "1tb")).isEqualTo(1L << 40);
        for (String bad : new String[] {"", "-1", "1.5GiB", "GiB", "1PiB", "99999999999999999999", "9999999TiB"}) {
            assertThatThrownBy(() -> Amounts.bytes("size", bad))
                    .isInstanceOf(CliException.class)
                    .hasMessage("Failed to parse field 'size': expecting an integer (possibly with suffix KiB, MiB,"
                            + " GiB, TiB), got '" + bad + "'");
        }
    }
}
