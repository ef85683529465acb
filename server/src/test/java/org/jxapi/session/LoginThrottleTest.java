package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
    private static final String PEER = "192.0.2.1";

    private final AtomicLong now = new AtomicLong();
    private final List<Duration> delays = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private final LoginThrottle pace = new LoginThrottle(now::get, delay -> {
        delays.add(delay);
        return later::add;
    });

    private boolean atOnce(String peer) {
        return pace.refused(peer).toCompletableFuture().isDone();
    }

    @Test
    void aFewWrongPasswordsAreAnsweredAtOnce() {
        for (int i = 0; i < LoginThrottle.FREE; i++) {
            assertThat(atOnce(PEER)).isTrue();
        }
        assertThat(atOnce(PEER)).isFalse();
    }

    @Test
    void whoTypesAWrongPasswordNowAndThenIsNeverSlowed() {
        for (int i = 0; i < 100; i++) {
            assertThat(atOnce(PEER)).isTrue();
            now.addAndGet(Duration.ofSeconds(15).toNanos());
        }
    }

    @Test
    void aFloodIsNotLookedAtUntilItsAnswersHaveGone() {
        List<CompletionStage<Void>> answers = new ArrayList<>();
        while (pace.open(PEER)) {
            answers.add(pace.refused(PEER));
        }
        assertThat(answers).hasSize(LoginThrottle.FREE + LoginThrottle.WAITING);
        assertThat(pace.open("192.0.2.2")).isTrue();
        assertThat(atOnce("192.0.2.2")).isTrue();
        assertThat(delays)
                .isSorted()
                .startsWith(
                        Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2))
                .endsWith(Duration.ofSeconds(2));
        later.forEach(Runnable::run);
        assertThat(answers).allMatch(answer -> answer.toCompletableFuture().isDone());
        assertThat(pace.open(PEER)).isTrue();
    }

    @Test
    void whoHasANetworkOfIpv6HasOneCount() {
        for (int i = 0; i < LoginThrottle.FREE; i++) {
            assertThat(atOnce("2001:db8:1:2::" + i)).isTrue();
        }
        assertThat(atOnce("2001:db8:1:2:ffff::1")).isFalse();
        assertThat(atOnce("2001:db8:1:3::1")).isTrue();
    }
}
