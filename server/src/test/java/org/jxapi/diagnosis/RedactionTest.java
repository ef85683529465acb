package org.jxapi.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of a report have no secrets in them. */
class RedactionTest {
    private static Redaction redaction(String... known) {
        return Redaction.of(List.of(known));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password=hunter2",
                "cifspassword = hunter2",
                "{\"bindPassword\": \"hunter2\"}",
                "('chappassword' 'hunter2')",
                "('password'%.'hunter2')",
                "wlb_password=\"hunter2\"",
                "GET /x?session_id=hunter2&a=b",
                "GET /x?session_id%3dhunter2",
                "Authorization: Basic hunter2",
                "proxy http://user:hunter2@host/",
                "-----BEGIN EC PRIVATE KEY----- hunter2",
                "the word hunter2-known is known",
            })
    void secretsAreHidden(String line) {
        assertThat(redaction("hunter2-known").line(line))
                .doesNotContain("hunter2")
                .contains("(hidden)");
    }

    @Test
    void aPrivateKeyIsHiddenToItsEnd() {
        Redaction redaction = redaction();
        redaction.line("-----BEGIN PRIVATE KEY-----");
        assertThat(redaction.line("MIIEvQIBADANBg")).isEqualTo("(hidden)");
        redaction.line("-----END PRIVATE KEY-----");
        assertThat(redaction.line("then text")).isEqualTo("then text");
    }

    @Test
    void otherTextsStay() {
        assertThat(redaction().line("VM.start for 10.0.0.7: it has no password"))
                .endsWith("it has no password");
    }

    @Test
    void aLongLineTakesNoLongTime() {
        String line = "a".repeat(250_000) + "token".repeat(2000);
        assertThatCode(() -> redaction().line(line)).doesNotThrowAnyException();
    }
}
