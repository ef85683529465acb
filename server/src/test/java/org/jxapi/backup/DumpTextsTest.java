package org.jxapi.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Type;
import org.jxapi.query.DbText;
import org.jxapi.query.DbValues;

/** Values of a dump are read as they were written. Upstream: xml_spaces.ml, schema.ml. */
class DumpTextsTest {
    @Property
    void everyTextComesBack(@ForAll String text) {
        String written = DumpFormat.protect(text);
        assertThat(written).matches("[^\\x00-\\x20\\uFFFE\\uFFFF]*");
        assertThat(DumpFormat.unprotect(written)).isEqualTo(text);
    }

    @Property
    void everySetComesBack(@ForAll List<String> members) {
        Type type = Type.set(Type.Basic.STRING);
        assertThat(DbValues.parse(type, DbText.of(members))).isEqualTo(members);
    }

    @Property
    void everyMapComesBack(@ForAll Map<Long, String> entries) {
        Type type = Type.map(Type.Basic.INT, Type.Basic.STRING);
        assertThat(DbValues.parse(type, DbText.of(entries))).isEqualTo(entries);
    }

    @Property
    void everyNumberComesBack(@ForAll double number) {
        assertThat(DbValues.parse(Type.Basic.FLOAT, DbText.of(number))).isEqualTo(number);
    }

    @Test
    void spacesAreEscapedAsInXapi() {
        assertThat(DumpFormat.protect("a b\t%\r\n")).isEqualTo("a%.b%t%%%r%n");
    }

    @Test
    void textsThatAreNoValuesAreRefused() {
        Type set = Type.set(Type.Basic.STRING);
        for (String text : List.of("", "(", "('a'", "('a' b)", "('a') ", "'a'", "('\\")) {
            assertThatThrownBy(() -> DbValues.parse(set, text)).isInstanceOf(IllegalArgumentException.class);
        }
        for (String text : List.of("%", "%x", "%u12", "%uzzzz")) {
            assertThatThrownBy(() -> DumpFormat.unprotect(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
