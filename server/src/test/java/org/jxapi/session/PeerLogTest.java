package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PeerLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("PeerLogTest");
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }
    };

    @BeforeEach
    void listen() {
        logger.setAdditive(false);
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(appender);
    }

    private String line() throws InterruptedException {
        return lines.poll(30, TimeUnit.SECONDS);
    }

    @Test
    void theFirstLinesOfAPeerAreLoggedAndTheOthersCounted() throws Exception {
        PeerLog log = new PeerLog(logger, "refused logins", 1500);
        for (int i = 0; i < 1000; i++) {
            log.warn("a", "Login " + i + " {}");
        }
        log.warn("b", "other");
        assertThat(List.of(line(), line(), line(), line()))
                .containsExactly("Login 0 {}", "Login 1 {}", "Login 2 {}", "other");
        assertThat(line()).isEqualTo("997 further refused logins of a");
        log.warn("a", "next window");
        assertThat(line()).isEqualTo("next window");
    }

    @Test
    void aThousandPeersMakeFewLinesToo() throws Exception {
        PeerLog log = new PeerLog(logger, "refused logins", 1500);
        for (int i = 0; i < 5000; i++) {
            log.warn("peer " + i, "Login");
        }
        List<String> seen = new ArrayList<>();
        for (String line = line(); !line.endsWith("of other peers"); line = line()) {
            seen.add(line);
        }
        assertThat(seen).hasSize(30).containsOnly("Login");
    }
}
