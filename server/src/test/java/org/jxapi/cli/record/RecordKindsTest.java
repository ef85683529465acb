package org.jxapi.cli.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Type;

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
    void theAccessOfAFieldFitsItsType() {
        for (RecordKind kind : RecordKinds.all()) {
            for (RecordField field : kind.fields()) {
                if (field.field() != null && field.through() == null && !field.has("name")) {
                    String name = kind.name() + " " + field.name();
                    if (field.map()) {
                        assertThat(field.type()).as(name).isInstanceOf(Type.MapOf.class);
                    }
                    if (field.set()) {
                        // XAPI's xe shows the values of some maps as a set, such as those of current_operations.
                        boolean readOnly = field.access() == RecordField.Access.SRO;
                        assertThat(field.type())
                                .as(name)
                                .isInstanceOfAny(Type.SetOf.class, readOnly ? Type.MapOf.class : Type.SetOf.class);
                    }
                }
            }
        }
    }

    @Test
    void aMisspeltNameIsRefusedWithItsLine() {
        assertThatThrownBy(() -> read("[vm] VM\n", "uuid RO uuid\n", "name-label RW name_lable\n"))
                .hasMessage("records.txt, line 3: VM has no field name_lable");
        assertThatThrownBy(() -> read("[vm] VN\n")).hasMessage("records.txt, line 1: the model has no class VN");
        assertThatThrownBy(() -> read("[vm] VM\n", "affinity RO affinity.nam\n"))
                .hasMessage("records.txt, line 2: host has no field nam");
        assertThatThrownBy(() -> read("[vm] VM\n", "uuid OR uuid\n")).hasMessageContaining("line 2");
    }

    private static Map<String, RecordKind> read(String... lines) throws IOException {
        return RecordKinds.read(new BufferedReader(new StringReader(String.join("", lines))));
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
