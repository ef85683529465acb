package org.jxapi.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.SmallDisk;

/** Which orders an agent obeys. */
class FenceTest {
    private static final Fence.Order ORDER = () -> {};

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("term");
    }

    private static void order(Fence fence, long term) throws InterruptedException {
        fence.enter(ORDER, "domains.create", term);
        fence.leave(ORDER);
    }

    @Test
    void anOrderOfAnOldTermIsRefusedAlsoAfterARestart() throws Exception {
        Fence fence = new Fence(file());
        order(fence, 5);
        assertThatThrownBy(() -> fence.enter(ORDER, "domains.create", 4))
                .isInstanceOfSatisfying(
                        StaleTermException.class, e -> assertThat(e.newest()).isEqualTo(5));
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
    void aTermIsKeptOnADiskThatHasBecomeFull() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), 1)) {
            Path term = folder.resolve("disk").resolve("term");
            Fence fence = new Fence(term);
            order(fence, 5);
            disk.fill(0);
            for (long next : List.of(6L, 7L, 1_000_007L)) {
                order(fence, next);
                assertThat(new Fence(term).highest()).isEqualTo(next);
            }
        }
    }

    @Test
    void aTermThatIsWrittenInPartLeavesTheOneBefore() throws Exception {
        Fence fence = new Fence(file());
        for (long term : List.of(5L, 6L, 7L)) {
            order(fence, term);
        }
        byte[] content = Files.readAllBytes(file());
        for (int sector : List.of(0, 512)) {
            byte[] torn = content.clone();
            torn[sector] = '9';
            Files.write(file(), torn);
            assertThat(new Fence(file()).highest()).isEqualTo(sector == 0 ? 6 : 7);
            order(new Fence(file()), 8);
            assertThat(new Fence(file()).highest()).isEqualTo(8);
        }
        Arrays.fill(content, (byte) 0);
        Files.write(file(), content);
        assertThatThrownBy(() -> new Fence(file())).isInstanceOf(IOException.class);
    }

    @Test
    void aFileOfAnEarlierVersionIsRead() throws Exception {
        Files.writeString(file(), "5\n");
        Fence fence = new Fence(file());
        assertThat(fence.highest()).isEqualTo(5);
        order(fence, 6);
        assertThat(new Fence(file()).highest()).isEqualTo(6);
    }

    @Test
    void aFileWithoutATermIsAnErrorAndNotTermZero() throws Exception {
        Files.writeString(file(), "garbage");
        assertThatThrownBy(() -> new Fence(file())).isInstanceOf(IOException.class);
    }
}
