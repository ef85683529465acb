package org.jxapi.http;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.Test;

class WebSocketStreamsTest {
    private final WebSocketStreams streams = new WebSocketStreams(new ScheduledExecutorScheduler());

    @Test
    void aBrowserThatDoesNotTakeTheAnswerHasNoWebSocketToClose() {
        streams.answered(new IOException("Broken pipe"));
        assertThatThrownBy(streams::awaitOpen)
                .isInstanceOf(IOException.class)
                .hasMessage("the WebSocket did not open: Broken pipe");
        assertThatCode(streams::close).doesNotThrowAnyException();
    }
}
