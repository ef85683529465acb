package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CoverageTest {
    private static final Path FILE = Path.of("../docs/coverage.md");

    /** To write it anew: mvn -pl server -am test -Dtest=CoverageTest -Djxapi.coverage=write */
    @Test
    void theDocumentSaysWhatTheModelSays() throws Exception {
        String text = Coverage.text() + FieldEffects.section();
        if ("write".equals(System.getProperty("jxapi.coverage"))) {
            Files.writeString(FILE, text);
        }
        assertThat(Files.readString(FILE)).isEqualTo(text);
    }
}
