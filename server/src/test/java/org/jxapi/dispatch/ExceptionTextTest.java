package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** As sexplib prints a Failure (Sexp.to_string_hum ~indent:2), which xapi links; real pools show it so in INTERNAL_ERROR. */
class ExceptionTextTest {
    @Test
    void aFailureIsAnExpressionWhoseTextIsQuotedWhenItMustBe() {
        assertThat(ExceptionText.failure("Unknown tag/contents")).isEqualTo("(Failure \"Unknown tag/contents\")");
        assertThat(ExceptionText.failure("Int64.of_string")).isEqualTo("(Failure Int64.of_string)");
        assertThat(ExceptionText.failure("")).isEqualTo("(Failure \"\")");
        assertThat(ExceptionText.failure("a;b")).isEqualTo("(Failure \"a;b\")");
        assertThat(ExceptionText.failure("#|x")).isEqualTo("(Failure \"#|x\")");
        assertThat(ExceptionText.failure("say \"\\\" ä\t")).isEqualTo("(Failure \"say \\\"\\\\\\\" \\195\\164\\t\")");
    }

    @Test
    void aLongOneGoesOnInASecondLine() {
        String fits = "x ".repeat(33);
        assertThat(ExceptionText.failure(fits))
                .isEqualTo("(Failure \"" + fits + "\")")
                .hasSize(78);
        assertThat(ExceptionText.failure(fits + "y")).isEqualTo("(Failure\n  \"" + fits + "y\")");
    }

    @Test
    void textOfSeveralLinesIsAlignedLineByLine() {
        assertThat(ExceptionText.failure("one\ntwo")).isEqualTo("(Failure  \"one\\\n         \\ntwo\")");
        assertThat(ExceptionText.failure("one line\n")).isEqualTo("(Failure \"one line\\n\")");
    }

    @Test
    void otherExceptionsShowTheirTextInParentheses() {
        assertThat(ExceptionText.other("Server_helpers.Dispatcher_FieldNotFound", "args \"x\""))
                .isEqualTo("Server_helpers.Dispatcher_FieldNotFound(\"args \\\"x\\\"\")");
    }
}
