package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.XenModel;

/** Texts that the pool keeps for itself: in the database, and nowhere in the XenAPI. */
class PoolFilesTest {
    @TempDir
    Path data;

    private H2Store open() {
        return H2Store.open(data);
    }

    @Test
    void theyOutliveARestartAndAreNoClassOfTheXenApi() {
        try (H2Store store = open()) {
            store.change(tx -> {
                PoolFiles.put(tx, "folder/b", "first");
                PoolFiles.put(tx, "folder/b", "second");
                PoolFiles.put(tx, "folder/a", "");
                PoolFiles.put(tx, "folder/c", "gone");
                PoolFiles.put(tx, "folders", "");
                assertThat(PoolFiles.remove(tx, "folder/c")).isTrue();
                assertThat(PoolFiles.remove(tx, "folder/c")).isFalse();
            });
        }
        try (H2Store store = open()) {
            Snapshot now = store.snapshot();
            assertThat(PoolFiles.names(now, "folder")).containsExactly("a", "b");
            assertThat(PoolFiles.find(now, "folder/b")).contains("second");
            assertThat(PoolFiles.has(now, "folder/c")).isFalse();
        }
        assertThat(XenModel.get(PoolFile.STORE_CLASS.name())).isNull();
        assertThat(PoolFile.STORE_CLASS.messages()).isEmpty();
        assertThat(PoolFile.STORE_CLASS.events()).isFalse();
    }

    private Path file(String path, String content) throws IOException {
        Path file = data.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    @Test
    void filesOfAnEarlierVersionMoveOnceAndThoseThatCannotBeUsedStay() throws Exception {
        Path moved = file("former/a", "content");
        Path other = file("former/b", "no use");
        Path folder = Files.createDirectories(data.resolve("former/c"));
        Path link = Files.createSymbolicLink(data.resolve("former/link"), file("elsewhere", "content"));
        try (H2Store store = open()) {
            FormerFiles.moveAll(store, data, "former", (file, content) -> content.equals("content"));
            assertThat(PoolFiles.names(store.snapshot(), "former")).containsExactly("a");
            assertThat(moved).doesNotExist();
            assertThat(other).exists();
            assertThat(folder).exists();
            assertThat(link).exists();
            store.change(tx -> PoolFiles.remove(tx, "former/a"));
            FormerFiles.moveAll(store, data, "former", (file, content) -> content.equals("content"));
            assertThat(PoolFiles.names(store.snapshot(), "former")).isEmpty();
        }
    }

    @Test
    void afterAKillBetweenTheStepsTheDatabaseCounts() throws Exception {
        try (H2Store store = open()) {
            store.change(tx -> PoolFiles.put(tx, "one", "moved"));
            Path left = file("one", "left");
            FormerFiles.move(store, data, "one", (file, content) -> true);
            assertThat(PoolFiles.find(store.snapshot(), "one")).contains("moved");
            assertThat(left).doesNotExist();
        }
    }

    @Test
    void aFileThatEndsTheStartStays() throws Exception {
        Path damaged = file("one", "damaged");
        try (H2Store store = open()) {
            assertThatThrownBy(() -> FormerFiles.move(store, data, "one", (file, content) -> {
                        throw new IOException("damaged");
                    }))
                    .hasMessage("damaged");
            assertThat(PoolFiles.has(store.snapshot(), "one")).isFalse();
        }
        assertThat(damaged).exists();
    }

    /** Dumps do not have them. */
    @Test
    void aDumpThatIsRestoredLeavesThemAsTheyAre() throws Exception {
        try (H2Store store = open()) {
            store.change(tx -> PoolFiles.put(tx, "one", "kept"));
        }
        Path dump = file("dump.xml", "<database/>");
        DatabaseRestore.run(
                StoreSettings.of(data),
                dump,
                from -> Map.of(
                        Network.XEN_CLASS.ref("OpaqueRef:n"),
                        Row.of(Network.XEN_CLASS).with(Network.UUID, "n")));
        try (H2Store store = open()) {
            assertThat(store.snapshot().all(Network.XEN_CLASS)).hasSize(1);
            assertThat(PoolFiles.find(store.snapshot(), "one")).contains("kept");
        }
    }
}
