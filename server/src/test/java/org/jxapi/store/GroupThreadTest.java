package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A thread that works in groups loses nothing. */
class GroupThreadTest {
    private final List<List<Integer>> groups = new CopyOnWriteArrayList<>();

    @Test
    void workOfAnInterruptedThreadIsNotLost() {
        GroupThread<Integer> thread = new GroupThread<>("groups", 10, this::keep, () -> {});
        thread.start();
        Thread.currentThread().interrupt();
        assertThat(thread.put(1)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        thread.close();
        assertThat(groups).containsExactly(List.of(1));
    }

    @Test
    void whatWaitsIsWorkedOnAtOnceAndAtMost256Together() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        GroupThread<Integer> thread = new GroupThread<>(
                "groups",
                Integer.MAX_VALUE,
                group -> {
                    keep(group);
                    begun.countDown();
                    awaited(go);
                },
                () -> {});
        thread.start();
        thread.add(0);
        begun.await();
        List<Integer> rest = new ArrayList<>();
        for (int i = 1; i <= 300; i++) {
            rest.add(i);
            thread.add(i);
        }
        go.countDown();
        thread.close();
        assertThat(groups).containsExactly(List.of(0), rest.subList(0, 256), rest.subList(256, 300));
    }

    @Test
    void itWaitsForMoreUnlessThereIsAHurry() {
        GroupThread<Integer> thread =
                new GroupThread<>("groups", Integer.MAX_VALUE, this::keep, () -> {}, Duration.ofHours(1));
        thread.start();
        for (int i = 0; i < 3; i++) {
            thread.add(i);
        }
        assertThat(groups).isEmpty();
        thread.hurry();
        thread.close();
        assertThat(groups).containsExactly(List.of(0, 1, 2));
    }

    private void keep(List<Integer> group) {
        groups.add(List.copyOf(group));
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
