package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PeerLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("PeerLogTest");
    private final List<String> lines = new ArrayList<>();
    private final List<Runnable> atWindowsEnd = new ArrayList<>();
    private final PeerLog log = new PeerLog(logger, "refused logins", atWindowsEnd::add);
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

    @Test
    void theFirstLinesOfAPeerAreLoggedAndTheOthersCounted() {
        for (int i = 0; i < 1000; i++) {
            log.warn("a", "Login " + i + " {}");
        }
        log.warn("b", "other");
        assertThat(lines).containsExactly("Login 0 {}", "Login 1 {}", "Login 2 {}", "other");
        assertThat(atWindowsEnd).hasSize(1);
        atWindowsEnd.remove(0).run();
        assertThat(lines).endsWith("other", "997 further refused logins of a");
        log.warn("a", "next window");
        assertThat(lines).endsWith("next window");
        assertThat(atWindowsEnd).hasSize(1);
    }

    @Test
    void thousandsOfPeersMakeFewLinesToo() {
        for (int i = 0; i < 5000; i++) {
            log.warn("peer " + i, "Login");
        }
        assertThat(lines).hasSize(30).containsOnly("Login");
        atWindowsEnd.remove(0).run();
        assertThat(lines).hasSize(31).endsWith("4970 further refused logins of other peers");
    }
}
