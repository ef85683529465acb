package org.jxapi.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** XAPI's grammar: ocaml/database/db_filter_lex.mll and db_filter_parse.mly. */
class QueryTest {
    @TempDir
    Path folder;

    private H2Store store;
    private Stored<VM> vm;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
        vm = store.transact(tx -> tx.find(tx.create(Row.of(VM.XEN_CLASS)
                        .with(VM.NAME_LABEL, "web")
                        .with(VM.IS_A_TEMPLATE, false)
                        .with(VM.POWER_STATE, VmPowerState.RUNNING)
                        .with(VM.MEMORY_TARGET, 5L)
                        .with(VM.TAGS, List.of("a", "it's"))
                        .with(VM.OTHER_CONFIG, Map.of("k", "v"))))
                .orElseThrow());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private boolean matches(String expression) {
        return new Query(expression).matches(vm);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "true | true",
                "false | false",
                "field \"name__label\" = \"web\" | true",
                "\"web\"=field \"name__label\" | true",
                "field \"name__label\" = \"Web\" | false",
                "field \"is_a_template\" = \"false\" | true",
                "field \"power_state\" = \"Running\" | true",
                "field \"memory__target\" = \"5\" | true",
                "field \"tags\" = \"('a' 'it\\'s')\" | true",
                "field \"other_config\" = \"(('k' 'v'))\" | true",
                "not true | false",
                "true and false | false",
                "false or true | true",
                // One precedence from left to right, and not binds weakest.
                "true or true and false | false",
                "true or (true and false) | true",
                "not false or true | false",
                "(not false) or true | true",
                "true and not false | true"
            })
    void anExpressionSelectsObjects(String expression, boolean expected) {
        assertThat(matches(expression)).isEqualTo(expected);
    }

    @Test
    void theReferenceIsAFieldToo() {
        assertThat(matches("field \"_ref\" = \"" + vm.ref().value() + "\"")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "field", "field \"name__label\"", "\"a\" = ", "(true", "true)", "true true", "TRUE", "\"a"})
    void textThatIsNoExpressionIsRefusedWithItself(String text) {
        assertThatThrownBy(() -> new Query(text))
                .hasMessageContaining("INVALID_VALUE")
                .hasMessageContaining("Parse_error");
    }

    @Test
    void nestingHasALimit() {
        assertThat(matches("(".repeat(100) + "true" + ")".repeat(100))).isTrue();
        assertThatThrownBy(() -> new Query("(".repeat(100_000))).hasMessageContaining("INVALID_VALUE");
        assertThatThrownBy(() -> new Query("not ".repeat(100_000) + "true")).hasMessageContaining("INVALID_VALUE");
    }

    @Test
    void aFieldThatTheClassDoesNotHaveIsAnError() {
        assertThatThrownBy(() -> matches("field \"colour\" = \"red\""))
                .hasMessageContaining("missing field")
                .hasMessageContaining("colour");
    }
}
