package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class LogTextTest {
    @TempDir
    Path folder;

    @AfterEach
    void reset() throws IOException {
        Logging.start(null, LogLevel.WARN);
    }

    @Test
    void aTextMakesNoLineOfItsOwnAndTalksToNoTerminal() {
        assertThat(LogText.safe("e\r\nX \u001b[2J\u0000\t\u2028\u202e\u009b"))
                .isEqualTo("e\\r\\nX \\u001b[2J\\u0000\\t\\u2028\\u202e\\u009b");
        assertThat(LogText.safe("Zürich 東京")).isEqualTo("Zürich 東京");
    }

    @Test
    void aTextIsCut() {
        assertThat(LogText.safe("x".repeat(5_000_000))).hasSizeLessThan(5000).endsWith("... (4996000 more characters)");
    }

    @Test
    void sessionsAndPasswordsOfRequestsAreHidden() {
        assertThat(LogText.safe("http://x/rrd_updates?start=0&session_id=OpaqueRef:eb7369dd-463f&uuid=%zz"))
                .isEqualTo("http://x/rrd_updates?start=0&session_id=(hidden)&uuid=%zz");
        assertThat(LogText.safe("Authorization: Basic cm9vdDpzZXNhbWU= x"))
                .isEqualTo("Authorization: Basic (hidden) x");
        assertThat(LogText.safe("Cookie: a=b; session_id=OpaqueRef:1; c=d"))
                .isEqualTo("Cookie: a=b; session_id=(hidden); c=d");
    }

    @Test
    void messagesAndExceptionsAreWrittenSo() throws IOException {
        Path log = folder.resolve("log");
        Logging.start(log, LogLevel.INFO);
        LoggerFactory.getLogger("org.jxapi.test")
                .warn("a {} b", "\r\nX", new IOException("c\nFAKE", new IOException("session_id=s3cret\nFAKE")));
        assertThat(Files.readString(log))
                .contains("a \\r\\nX b", "java.io.IOException: c\\nFAKE", "Caused by: java.io.IOException: ", "\tat ")
                .doesNotContain("\nFAKE", "\nX", "s3cret");
    }
}
