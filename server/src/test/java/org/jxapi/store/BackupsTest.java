package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.backup.DumpFile;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.HandClock;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.Task;

class BackupsTest {
    @TempDir
    Path folder;

    private final HandClock clock = new HandClock("2026-11-27T10:00:00Z");

    private Backups backups(Copyable store, int hourly, int daily) {
        return new Backups(store, folder.resolve("backup"), hourly, daily, clock);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> list = Files.list(folder.resolve("backup"))) {
            return list.sorted().toList();
        }
    }

    @Test
    void oneAnHourIsMadeIfAnythingHasChangedAndOnlyItsOwnerReadsIt() throws IOException {
        try (H2Store store = H2Store.open(folder.resolve("data"));
                Backups backups = backups(store, 24, 14)) {
            add(store, "first");
            backups.look();
            assertThat(files()).hasSize(1);
            add(store, "second");
            backups.look();
            assertThat(files()).hasSize(1);
            clock.pass(Duration.ofHours(1));
            backups.look();
            assertThat(files()).hasSize(2);
            clock.pass(Duration.ofHours(5));
            backups.look();
            assertThat(files())
                    .hasSize(2)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("backup"))))
                    .isEqualTo("rwx------");
        }
    }

    /** The watchdog, for one, makes a task each minute. */
    @Test
    void tasksThatComeAndGoAreNoChange() throws IOException {
        try (H2Store store = H2Store.open(folder.resolve("data"));
                Backups backups = backups(store, 24, 14)) {
            add(store, "first");
            backups.look();
            for (int hour = 0; hour < 3; hour++) {
                Ref<Task> task = store.transact(tx -> tx.create(Row.of(Task.XEN_CLASS)));
                store.change(tx -> tx.destroy(task));
                clock.pass(Duration.ofHours(1));
                backups.look();
            }
            assertThat(files()).hasSize(1);
            add(store, "second");
            clock.pass(Duration.ofHours(1));
            backups.look();
            assertThat(files()).hasSize(2);
        }
    }

    @Test
    void theNewestAreKeptAndTheLastOfEachDayForLonger() throws IOException {
        try (H2Store store = H2Store.open(folder.resolve("data"));
                Backups backups = backups(store, 2, 3)) {
            for (int hour = 0; hour < 24 * 4; hour += 6) {
                add(store, "of hour " + hour);
                backups.look();
                clock.pass(Duration.ofHours(6));
            }
            assertThat(files())
                    .extracting(file -> file.getFileName().toString().substring(6, 17))
                    .containsExactly("20261129T22", "20261130T22", "20261201T04");
        }
    }

    @Test
    void aReplicaIsBackedUpTooAndTheBackupIsRestoredOnAHostAlone() throws IOException {
        StateImage image;
        try (H2Store alone = H2Store.open(folder.resolve("alone"))) {
            add(alone, "first");
            image = alone.image();
        }
        AtomicReference<Replica> itself = new AtomicReference<>();
        Path copy = Files.createDirectory(folder.resolve("copy"));
        try (Replica replica = new Replica(
                        StoreSettings.of(copy),
                        "this one",
                        bytes -> CompletableFuture.completedFuture(itself.get().apply(bytes)));
                Backups backups = backups(replica, 24, 14)) {
            itself.set(replica);
            replica.install(image);
            replica.lead(1);
            add(replica.store(), "second");
            backups.look();
            assertThat(files()).hasSize(1);
            clock.pass(Duration.ofHours(1));
            backups.look();
            assertThat(files()).as("nothing has changed").hasSize(1);
            add(replica.store(), "third");
            clock.pass(Duration.ofHours(1));
            backups.look();
            assertThat(files()).hasSize(2);
        }
        Path data = folder.resolve("data");
        DatabaseRestore.run(new StoreSettings(data, folder.resolve("backup"), false), null, DumpFile::read);
        try (H2Store store = H2Store.open(data)) {
            assertThat(names(store)).containsExactlyInAnyOrder("first", "second", "third");
        }
    }

    @Test
    void aBackupIsRestoredByOneStepAndTheDatabaseAsItWasIsKept() throws IOException {
        Path data = folder.resolve("data");
        StoreSettings settings = new StoreSettings(data, folder.resolve("backup"), false);
        try (H2Store store = H2Store.open(data);
                Backups backups = backups(store, 24, 14)) {
            add(store, "kept");
            backups.look();
            add(store, "later");
            assertThatThrownBy(() -> DatabaseRestore.run(settings, null, DumpFile::read))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("is in use by another jxapid");
        }
        byte[] before = Files.readAllBytes(data.resolve("jxapi.mv.db"));
        long sequence;
        String done = DatabaseRestore.run(settings, null, DumpFile::read);
        assertThat(done.lines()).hasSize(1);
        try (H2Store store = H2Store.open(data)) {
            assertThat(names(store)).containsExactly("kept");
            sequence = store.snapshot().sequence();
            add(store, "after");
            assertThat(store.snapshot().sequence()).isGreaterThan(sequence);
        }
        try (Stream<Path> files = Files.list(data)) {
            Path aside = files.filter(f -> f.getFileName().toString().startsWith("jxapi-before-restore-"))
                    .findFirst()
                    .orElseThrow();
            assertThat(aside).hasBinaryContent(before);
            assertThat(done).contains(aside.toString());
            DatabaseRestore.run(settings, aside, DumpFile::read);
        }
        try (H2Store store = H2Store.open(data)) {
            assertThat(names(store)).containsExactlyInAnyOrder("kept", "later");
        }
        H2Store.open(data).close();
    }

    /** A client's event token of before the restore is not a token of something else afterwards. */
    @Test
    void numbersOfChangesAreNotGivenTwiceAfterARestore() throws IOException {
        Path data = folder.resolve("data");
        long last;
        try (H2Store store = H2Store.open(data);
                Backups backups = backups(store, 24, 14)) {
            add(store, "kept");
            backups.look();
            add(store, "lost");
            add(store, "lost too");
            last = store.snapshot().sequence();
        }
        DatabaseRestore.run(new StoreSettings(data, folder.resolve("backup"), false), null, DumpFile::read);
        try (H2Store store = H2Store.open(data)) {
            assertThat(store.snapshot().sequence()).isGreaterThanOrEqualTo(last);
        }
    }

    @Test
    void whatIsNoWholeBackupIsRefusedAndChangesNothing() throws IOException {
        Path data = folder.resolve("data");
        StoreSettings settings = new StoreSettings(data, folder.resolve("backup"), false);
        try (H2Store store = H2Store.open(data);
                Backups backups = backups(store, 24, 14)) {
            add(store, "kept");
            backups.look();
        }
        byte[] before = Files.readAllBytes(data.resolve("jxapi.mv.db"));
        Path backup = files().get(0);
        byte[] zip = Files.readAllBytes(backup);
        Path half = Files.write(folder.resolve("half.zip"), java.util.Arrays.copyOf(zip, zip.length / 2));
        Path text = Files.writeString(folder.resolve("text.zip"), "no zip");
        Path plain = Files.writeString(folder.resolve("plain.mv.db"), "no database");
        for (Path bad : List.of(half, text, plain, folder, folder.resolve("nowhere.zip"))) {
            assertThatThrownBy(() -> DatabaseRestore.run(settings, bad, DumpFile::read))
                    .isInstanceOf(StoreException.class)
                    .hasMessageStartingWith("cannot restore the database from " + bad + ": ");
        }
        assertThat(data.resolve("jxapi.mv.db")).hasBinaryContent(before);
        assertThat(data.resolve("jxapi-restored.mv.db")).doesNotExist();
    }

    @Test
    void aFailureHarmsNothingAndIsTriedAgain() throws IOException {
        Path backup = Files.writeString(folder.resolve("backup"), "a file where the folder would be");
        try (H2Store store = H2Store.open(folder.resolve("data"));
                Backups backups = backups(store, 24, 14)) {
            add(store, "first");
            backups.look();
            add(store, "second");
            assertThat(names(store)).hasSize(2);
            Files.delete(backup);
            clock.pass(Duration.ofMinutes(30));
            backups.look();
            assertThat(files()).hasSize(1);
        }
    }

    @Test
    void changesGoOnWhileABackupIsMade() throws Exception {
        try (H2Store store = H2Store.open(folder.resolve("data"));
                Backups backups = backups(store, 24, 14)) {
            add(store, "first");
            AtomicBoolean stop = new AtomicBoolean();
            Thread writer = new Thread(() -> {
                for (int i = 0; !stop.get(); i++) {
                    add(store, "network " + i);
                }
            });
            writer.start();
            try {
                for (int i = 0; i < 10; i++) {
                    // A look makes no backup where nothing has changed since the last one.
                    int before = names(store).size();
                    Eventually.holds(() -> assertThat(names(store)).hasSizeGreaterThan(before));
                    backups.look();
                    clock.pass(Duration.ofHours(1));
                }
            } finally {
                stop.set(true);
                writer.join();
            }
            assertThat(files()).hasSize(10);
        }
    }

    private static void add(Store store, String name) {
        store.change(tx -> tx.create(Row.of(Network.XEN_CLASS).with(Network.NAME_LABEL, name)));
    }

    private static List<String> names(H2Store store) {
        return store.snapshot().all(Network.XEN_CLASS).stream()
                .map(s -> s.row().get(Network.NAME_LABEL))
                .toList();
    }
}
