package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Network;

/** A database that is not what it was is refused, in one line, and its file stays as it is. */
class DamagedDatabaseTest {
    private static final int NETWORKS = 60;

    @TempDir
    Path folder;

    private Path data;
    private Path file;
    private byte[] good;
    private Map<String, String> all;

    @BeforeEach
    void fill() throws IOException {
        data = folder.resolve("data");
        file = data.resolve("jxapi.mv.db");
        try (H2Store store = H2Store.open(data)) {
            for (int i = 0; i < NETWORKS; i++) {
                String name = "network " + i;
                store.change(tx -> tx.create(Row.of(Network.XEN_CLASS).with(Network.NAME_LABEL, name)));
            }
            all = networks(store);
        }
        good = Files.readAllBytes(file);
    }

    private static Map<String, String> networks(H2Store store) {
        Map<String, String> networks = new HashMap<>();
        store.snapshot()
                .all(Network.XEN_CLASS)
                .forEach(s -> networks.put(s.ref().value(), s.row().get(Network.NAME_LABEL)));
        return networks;
    }

    /** Damages that take away the newest changes, which H2 opens at an older state. */
    @Test
    void aFileWithoutItsEndIsRefusedAndNamesWhatWouldBeLost() throws IOException {
        byte[] unclean = uncleanlyStopped();
        for (int cut : new int[] {1, 4096, unclean.length / 2, unclean.length - 100}) {
            Path copy = damaged("cut-" + cut, Arrays.copyOf(unclean, unclean.length - cut));
            assertThat(refusal(copy)).containsAnyOf("would be lost", "its newest change was number");
        }
        byte[] zeros = unclean.clone();
        Arrays.fill(zeros, unclean.length - 8192, unclean.length, (byte) 0);
        assertThat(refusal(damaged("zeros", zeros))).containsAnyOf("would be lost", "its newest change was number");
    }

    /** The file of a killed daemon: its last chunks are those of the last changes. */
    private byte[] uncleanlyStopped() throws IOException {
        try (H2Store store = H2Store.open(data)) {
            for (int i = 0; i < 5; i++) {
                store.change(tx -> tx.create(Row.of(Network.XEN_CLASS).with(Network.NAME_LABEL, "late")));
            }
            all = networks(store);
            Path newest = data.resolve("jxapi.newest");
            Files.copy(newest, folder.resolve("newest"));
            return Files.readAllBytes(file);
        } finally {
            Files.copy(
                    folder.resolve("newest"),
                    data.resolve("jxapi.newest"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void theWayOnIsToAcceptTheLossAndTheDamagedFileIsKept() throws IOException {
        byte[] unclean = uncleanlyStopped();
        byte[] cut = Arrays.copyOf(unclean, unclean.length - 4096);
        Path copy = damaged("cut", cut);
        assertThat(refusal(copy)).contains("--accept-older-database", "--restore-database", "there is none");
        int left;
        try (H2Store store = H2Store.open(new StoreSettings(copy, copy.resolve("backup"), true), "file")) {
            Map<String, String> found = networks(store);
            assertThat(all).containsAllEntriesOf(found);
            left = found.size();
            assertThat(left).isLessThan(all.size());
            store.change(tx -> tx.create(Row.of(Network.XEN_CLASS)));
        }
        try (Stream<Path> files = Files.list(copy)) {
            assertThat(files.filter(f -> f.getFileName().toString().startsWith("jxapi-damaged-")))
                    .singleElement()
                    .satisfies(aside -> assertThat(aside).hasBinaryContent(cut));
        }
        try (H2Store store = H2Store.open(copy)) {
            assertThat(networks(store)).hasSize(left + 1);
        }
    }

    @Test
    void anEmptyAndAMissingFileAreRefused() throws IOException {
        assertThat(refusal(damaged("empty", new byte[0]))).contains("cannot read", "it is empty", "its newest change");
        Path missing = damaged("missing", good);
        Files.delete(missing.resolve("jxapi.mv.db"));
        assertThatThrownBy(() -> H2Store.open(missing))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is missing; its newest change was number");
        assertThat(missing.resolve("jxapi.mv.db")).doesNotExist();
    }

    @Test
    void anOlderCopyInThePlaceOfTheDatabaseIsRefused() throws IOException {
        try (H2Store store = H2Store.open(data)) {
            store.change(tx -> tx.create(Row.of(Network.XEN_CLASS)));
        }
        Path copy = damaged("older", good);
        assertThat(refusal(copy)).contains("so that change would be lost");
    }

    /** One flipped bit is seen wherever it matters; where it does not, everything is there. */
    @ParameterizedTest
    @ValueSource(ints = {1, 20, 2000})
    void flippedBitsAreNeverTakenForData(int bits) throws IOException {
        int refused = 0;
        for (int seed = 0; seed < 40; seed++) {
            byte[] flipped = good.clone();
            Random random = new Random(seed);
            for (int i = 0; i < bits; i++) {
                flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Path copy = damaged("flipped-" + seed, flipped);
            try (H2Store store = H2Store.open(copy)) {
                assertThat(networks(store)).as("with seed %d", seed).isEqualTo(all);
            } catch (StoreException e) {
                refused++;
                assertThat(e.getMessage().lines()).as("with seed %d", seed).hasSize(1);
                assertThat(e).hasMessageContaining(copy.toString());
                assertThat(copy.resolve("jxapi.mv.db")).hasBinaryContent(flipped);
            }
        }
        if (bits == 2000) {
            assertThat(refused).isEqualTo(40);
        }
    }

    /** H2 checks no contents: it reads another name without a word. */
    @Test
    void oneChangedCharacterIsSeen() throws IOException {
        byte[] changed = good.clone();
        byte[] name = "network 17".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        int places = 0;
        for (int i = 0; i + name.length < changed.length; i++) {
            if (Arrays.equals(changed, i, i + name.length, name, 0, name.length)) {
                changed[i] = 'N';
                places++;
            }
        }
        assertThat(places).isPositive();
        Path copy = damaged("changed", changed);
        assertThat(refusal(copy)).contains("is damaged: what it holds in network is not what was written");
        try (H2Store store = H2Store.open(new StoreSettings(copy, copy, true), "file")) {
            assertThat(networks(store)).containsValue("Network 17");
        }
        H2Store.open(copy).close();
    }

    @Test
    void theFileOfTheNewestChangeMayBeMissingOrDamagedWithoutAFalseAlarm() throws IOException {
        Path copy = damaged("no-newest", good);
        Path newest = copy.resolve("jxapi.newest");
        byte[] before = Files.readAllBytes(newest);
        for (byte[] content : List.of(new byte[0], new byte[1024], Arrays.copyOf(before, 500), new byte[5000])) {
            Files.write(newest, content);
            try (H2Store store = H2Store.open(copy)) {
                assertThat(networks(store)).isEqualTo(all);
            }
            assertThat(Files.readString(newest)).startsWith("jxapi-newest sequence=");
        }
        Files.delete(newest);
        H2Store.open(copy).close();
        byte[] half = Files.readAllBytes(newest);
        Arrays.fill(half, 0, 512, (byte) '?');
        Files.write(newest, half);
        H2Store.open(copy).close();
        assertThat(newest).exists();
    }

    private Path damaged(String name, byte[] content) throws IOException {
        Path copy = Files.createDirectory(folder.resolve(name));
        Files.copy(data.resolve("jxapi.newest"), copy.resolve("jxapi.newest"));
        Files.write(copy.resolve("jxapi.mv.db"), content);
        return copy;
    }

    /** The line with which a folder is refused; its database stays as it is. */
    private static String refusal(Path copy) throws IOException {
        Path database = copy.resolve("jxapi.mv.db");
        byte[] before = Files.readAllBytes(database);
        StoreException refused = catchThrowableOfType(
                StoreException.class, () -> H2Store.open(copy).close());
        assertThat(refused).as("refusal of %s", copy).isNotNull();
        assertThat(refused.getMessage().lines()).hasSize(1);
        assertThat(refused).hasMessageContaining(database.toString());
        assertThat(database).hasBinaryContent(before);
        return refused.getMessage();
    }
}
