package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Network;

/** A kill after the commit, and before the writer has its answer. */
class KilledBeforeAnswerTest {
    private static final int KILLED = 137;
    private static final int ANSWERED = 1;

    @TempDir
    Path folder;

    /** The program that is killed. */
    public static final class Writer {
        private Writer() {}

        public static void main(String[] args) {
            H2Store store = H2Store.open(Path.of(args[0]));
            store.changes().addListener((snapshot, changes) -> {
                if (snapshot.count(Network.XEN_CLASS) == 3) {
                    // No cleanup and no answer: the same as kill -9 at this point.
                    Runtime.getRuntime().halt(KILLED);
                }
            });
            for (int i = 0; i < 3; i++) {
                store.change(tx -> tx.create(Row.of(Network.XEN_CLASS)));
            }
            Runtime.getRuntime().halt(ANSWERED);
        }
    }

    @Test
    void theChangeIsThereWithItsNumberAndHash() throws Exception {
        Process writer = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        folder.toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        try {
            assertThat(writer.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(writer.exitValue()).isEqualTo(KILLED);
        } finally {
            writer.destroyForcibly();
        }
        try (H2Store store = H2Store.open(folder)) {
            assertThat(store.snapshot().count(Network.XEN_CLASS)).isEqualTo(3);
            assertThat(store.snapshot().sequence()).isEqualTo(3);
            assertThat(keptHash()).isEqualTo(KeptHash.of(3, store.hashed().hash()));
            store.change(tx -> tx.create(Row.of(Network.XEN_CLASS)));
            assertThat(store.snapshot().sequence()).isEqualTo(4);
        }
    }

    private KeptHash keptHash() throws Exception {
        Path copy = folder.resolve("copy");
        Files.createDirectory(copy);
        Files.copy(folder.resolve("jxapi.mv.db"), copy.resolve("jxapi.mv.db"));
        return new DatabaseFile(copy, "file").read(DatabaseFile.NAME).hash();
    }
}
