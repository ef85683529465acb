package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.Session;

/** A store without a disk: sessions come and go, and a daemon can start. */
class FullDiskStartTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @BeforeEach
    void register() {
        UnsyncedFiles.register();
    }

    @Test
    void whatNeedsNoRowOfTheDatabaseGoesOn() {
        Ref<Session> session;
        long sequence;
        try (H2Store store = H2Store.open(folder, UnsyncedFiles.SCHEME)) {
            breakIt(store);
            session = store.transact(tx -> tx.create(Row.of(Session.XEN_CLASS)));
            assertThat(store.snapshot().find(session)).isPresent();
            assertThat(refused(store).full()).isTrue();
            sequence = store.snapshot().sequence();
        }
        UnsyncedFiles.room(Long.MAX_VALUE);
        try (H2Store store = H2Store.open(folder)) {
            assertThat(store.snapshot().sequence())
                    .as("numbers that clients have seen are not given again")
                    .isGreaterThanOrEqualTo(sequence);
        }
    }

    /** With no room at all the file cannot even be opened to write, or the first change of the start fails. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 0})
    void aStoreWhoseDiskIsFullStartsAndCatchesUpWhenThereIsRoom(long room) throws Exception {
        Ref<Network> kept;
        int networks;
        try (H2Store store = H2Store.open(folder, UnsyncedFiles.SCHEME)) {
            kept = create(store, "kept");
            await(() -> Files.exists(folder.resolve("jxapi.reserve")));
        }
        UnsyncedFiles.room(room);
        try (H2Store store = H2Store.open(folder, UnsyncedFiles.SCHEME)) {
            store.starting(true);
            store.change(tx -> tx.set(kept, Network.NAME_LABEL, "as found at the start"));
            store.deriveAll();
            store.starting(false);
            breakIt(store);
            assertThat(store.snapshot().get(kept, Network.NAME_LABEL)).isEqualTo("as found at the start");
            assertThat(refused(store).full()).isTrue();
            inTime(() -> store.change(tx -> tx.create(Row.of(Session.XEN_CLASS))));
            UnsyncedFiles.room(Long.MAX_VALUE);
            createInTime(store);
            networks = store.snapshot().count(Network.XEN_CLASS);
        }
        try (H2Store store = H2Store.open(folder)) {
            assertThat(store.snapshot().get(kept, Network.NAME_LABEL)).isEqualTo("as found at the start");
            assertThat(store.snapshot().count(Network.XEN_CLASS)).isEqualTo(networks);
        }
    }

    /** A failed group of changes may be in the file all the same, without an acknowledgement. */
    @Test
    void whatFailedIsNotThereLater() {
        for (long room = 0; room < 20_000; room += 2_000) {
            UnsyncedFiles.room(Long.MAX_VALUE);
            try (H2Store store = H2Store.open(folder, UnsyncedFiles.SCHEME)) {
                int before = store.snapshot().count(Network.XEN_CLASS);
                UnsyncedFiles.room(room);
                int made = breakIt(store);
                UnsyncedFiles.room(Long.MAX_VALUE);
                createInTime(store);
                assertThat(store.snapshot().count(Network.XEN_CLASS)).isEqualTo(before + made + 1);
            }
            int found;
            try (H2Store store = H2Store.open(folder)) {
                found = store.snapshot().count(Network.XEN_CLASS);
                store.change(tx -> tx.all(Network.XEN_CLASS).stream()
                        .map(Stored::ref)
                        .toList()
                        .forEach(ref -> tx.destroy(ref)));
            }
            assertThat(found).isPositive();
        }
    }

    @Test
    void theLastRoomIsForChangesThatFreeSome() throws Exception {
        try (H2Store store = H2Store.open(folder)) {
            Ref<Network> network = create(store, "network");
            await(() -> Files.exists(folder.resolve("jxapi.reserve")));
            State state = (State) store.snapshot();
            assertThat(allowed(state, tx -> tx.set(network, Network.NAME_DESCRIPTION, "a few words")))
                    .isTrue();
            assertThat(allowed(state, tx -> tx.set(network, Network.NAME_DESCRIPTION, "x".repeat(20_000))))
                    .isFalse();
            assertThat(allowed(state, tx -> tx.destroy(network))).isTrue();
            assertThat(allowed(state, tx -> {
                        tx.destroy(network);
                        tx.create(Row.of(Network.XEN_CLASS));
                    }))
                    .isFalse();
        }
    }

    private static boolean allowed(State state, Consumer<Transaction> work) {
        StateTransaction tx = new StateTransaction(state);
        work.accept(tx);
        return Scarcity.allows(Applied.of(HashedState.of(state), tx.entry(0).orElseThrow()));
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    /** Creates networks until one is refused; returns how many there were. */
    private static int breakIt(H2Store store) {
        UnsyncedFiles.room(Math.min(20_000, UnsyncedFiles.room()));
        for (int i = 0; ; i++) {
            try {
                create(store, "x".repeat(1000));
            } catch (StoreException e) {
                return i;
            }
        }
    }

    private static StoreException refused(H2Store store) {
        StoreException refused = catchThrowableOfType(StoreException.class, () -> create(store, "refused"));
        assertThat(refused).isNotNull();
        return refused;
    }

    private static void createInTime(H2Store store) {
        inTime(() -> create(store, "after"));
    }

    /** Makes a change once the store lets it, which does not try again at once after a failure. */
    private static void inTime(Runnable change) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                change.run();
                return;
            } catch (StoreException e) {
                assertThat(System.nanoTime()).as(e.getMessage()).isLessThan(end);
                Thread.onSpinWait();
            }
        }
    }

    private static Ref<Network> create(H2Store store, String name) {
        return store.transact(tx -> tx.create(Row.of(Network.XEN_CLASS).with(Network.NAME_LABEL, name)));
    }
}
