package org.jxapi.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which orders an agent obeys. */
class FenceTest {
    private static final Fence.Order ORDER = () -> {};

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("term");
    }

    @Test
    void anOrderOfAnOldTermIsRefusedAlsoAfterARestart() throws Exception {
        Fence fence = new Fence(file());
        fence.enter(ORDER, "domains.create", 5);
        fence.leave(ORDER);
        assertThatThrownBy(() -> fence.enter(ORDER, "domains.create", 4))
                .isInstanceOfSatisfying(
                        StaleTermException.class, e -> assertThat(e.newest()).isEqualTo(5));
        assertThat(file()).hasContent("5");

        Fence restarted = new Fence(file());
        assertThat(restarted.highest()).isEqualTo(5);
        assertThatThrownBy(() -> restarted.enter(ORDER, "domains.create", 4)).isInstanceOf(StaleTermException.class);
        restarted.enter(ORDER, "domains.create", 5);
    }

    @Test
    void aNewTermStopsTheOrdersOfOldOnesAndWaitsForTheirEnd() throws Exception {
        Fence fence = new Fence(file());
        CountDownLatch stopped = new CountDownLatch(1);
        Fence.Order old = stopped::countDown;
        fence.enter(old, "domains.suspend", 1);

        CompletableFuture<Void> begun = CompletableFuture.runAsync(() -> {
            try {
                fence.enter(ORDER, "domains.create", 2);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(begun).isNotDone();
        fence.leave(old);
        begun.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aNewTermDoesNotBeginWhileAnOldOrderGoesOn() throws Exception {
        Fence fence = new Fence(file(), Duration.ofMillis(50));
        Fence.Order old = () -> {};
        fence.enter(old, "domains.suspend", 1);
        assertThatThrownBy(() -> fence.enter(ORDER, "domains.create", 2))
                .isInstanceOf(AgentException.class)
                .hasMessageContaining("have not ended");
        assertThatThrownBy(() -> fence.enter(ORDER, "domains.create", 1)).isInstanceOf(StaleTermException.class);
    }

    @Test
    void aTermThatCannotBeKeptIsNotObeyed() throws Exception {
        Fence fence = new Fence(folder.resolve("missing").resolve("term"));
        assertThatThrownBy(() -> fence.enter(ORDER, "domains.create", 1)).isInstanceOf(AgentException.class);
        assertThat(fence.highest()).isZero();
    }

    @Test
    void aFileWithoutATermIsAnErrorAndNotTermZero() throws Exception {
        Files.writeString(file(), "garbage");
        assertThatThrownBy(() -> new Fence(file())).isInstanceOf(IOException.class);
    }
}
