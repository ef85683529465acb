package org.jxapi.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CompletionTableTest {
    private static final Path FILE = Path.of("../packaging/completion/xe.table");

    /** To write it again: mvn -pl server -am test -Dtest=CompletionTableTest -Djxapi.cli=write */
    @Test
    void theTableOfTheShellSaysWhatTheCommandTableSays() throws Exception {
        if ("write".equals(System.getProperty("jxapi.cli"))) {
            Files.writeString(FILE, CompletionTable.text());
        }
        assertThat(Files.readString(FILE)).isEqualTo(CompletionTable.text());
    }

    @Test
    void itHoldsParametersFieldsAndValues() {
        assertThat(CompletionTable.text().lines())
                .contains(
                        "c|vm-start||force on paused|vm",
                        "c|sr-scan|uuid||",
                        "c|vm-list||params|+vm",
                        "c|network-param-set|uuid||+network:set",
                        "v|vm.power-state|halted paused running suspended",
                        "v|.force|true false",
                        "v|pif-reconfigure-ip.mode|none dhcp static")
                .anyMatch(line -> line.startsWith("k|network|network|uuid name-label name-description "))
                .noneMatch(line -> line.startsWith("c|blob-get|"));
    }
}
