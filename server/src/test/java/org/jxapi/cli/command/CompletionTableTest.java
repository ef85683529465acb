package org.jxapi.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.jxapi.GeneratedFile;

class CompletionTableTest {
    @Test
    @Tag("generated")
    void theTableOfTheShellSaysWhatTheCommandTableSays() throws Exception {
        new GeneratedFile("packaging/completion/xe.table").mustHold(CompletionTable.text());
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
