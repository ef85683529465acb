package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Network;

class FullDiskTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @BeforeEach
    void register() {
        UnsyncedFiles.register();
    }

    @Test
    void aChangeThatDoesNotFitIsRefusedWholeAndTheNextOnesFitWhenThereIsRoomAgain() {
        List<Ref<Network>> kept = new ArrayList<>();
        for (long room : new long[] {0, 1, 4096, 9000, 20_000}) {
            try (H2Store store = H2Store.open(folder, UnsyncedFiles.SCHEME)) {
                List<Long> seen = new ArrayList<>();
                store.changes().addListener((snapshot, changes) -> changes.forEach(c -> seen.add(c.sequence())));
                kept.add(create(store, "before"));
                long sequence = store.snapshot().sequence();
                UnsyncedFiles.room(room);
                StoreException refused = fill(store, kept);
                assertThat(refused.full()).isTrue();
                assertThat(refused).hasMessageContaining("cannot be written: No space left on device");
                assertThat(names(store.snapshot())).hasSameSizeAs(kept);
                // A smaller change might fit.
                UnsyncedFiles.room(0);
                assertThat(catchThrowableOfType(StoreException.class, () -> create(store, "at once"))
                                .full())
                        .isTrue();
                UnsyncedFiles.room(Long.MAX_VALUE);
                kept.add(createInTime(store, "after"));
                assertThat(names(store.snapshot())).hasSameSizeAs(kept);
                assertThat(seen)
                        .isSorted()
                        .doesNotHaveDuplicates()
                        .allSatisfy(s -> assertThat(s).isPositive());
                assertThat(store.snapshot().sequence()).isEqualTo(sequence + seen.size() - 1);
            }
            try (H2Store store = H2Store.open(folder)) {
                assertThat(store.snapshot().all(Network.XEN_CLASS))
                        .extracting(Stored::ref)
                        .containsExactlyInAnyOrderElementsOf(kept);
            }
        }
    }

    @Test
    void theEndOfWhatHasBeenDoneWaitsForRoom() throws Exception {
        try (H2Store store = H2Store.open(folder, UnsyncedFiles.SCHEME)) {
            Ref<Network> network = create(store, "works");
            UnsyncedFiles.room(0);
            StoreException refused = fill(store, new ArrayList<>());
            assertThat(refused.full()).isTrue();
            CountDownLatch tried = new CountDownLatch(1);
            CompletableFuture<Void> end = CompletableFuture.runAsync(() -> store.insist(tx -> {
                tx.set(network, Network.NAME_LABEL, "done");
                tried.countDown();
            }));
            assertThat(tried.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            fill(store, new ArrayList<>());
            assertThat(end).isNotDone();
            assertThat(store.snapshot().get(network, Network.NAME_LABEL)).isEqualTo("works");
            UnsyncedFiles.room(Long.MAX_VALUE);
            end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(store.snapshot().get(network, Network.NAME_LABEL)).isEqualTo("done");
        }
    }

    /** Creates networks until one is refused. */
    private static StoreException fill(H2Store store, List<Ref<Network>> kept) {
        while (true) {
            try {
                kept.add(create(store, "x".repeat(1000)));
            } catch (StoreException e) {
                return e;
            }
        }
    }

    /** Creates a network once the store lets it, which it does not try at once. */
    private static Ref<Network> createInTime(H2Store store, String name) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return create(store, name);
            } catch (StoreException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private static Ref<Network> create(H2Store store, String name) {
        return store.transact(tx -> tx.create(Row.of(Network.XEN_CLASS).with(Network.NAME_LABEL, name)));
    }

    private static List<String> names(Snapshot snapshot) {
        return snapshot.all(Network.XEN_CLASS).stream()
                .map(s -> s.row().get(Network.NAME_LABEL))
                .toList();
    }
}
