package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.VM;

/**
 * A database of today's schema with a row in each table. {@code packaging/dev new-migration} keeps it in the resources, and
 * from then on SchemaTest brings it up to date.
 */
class KeptDatabaseTest {
    @TempDir
    Path folder;

    @Test
    void aDatabaseWithEveryClassIsReadAgain() throws IOException {
        try (H2Store store = H2Store.open(folder)) {
            store.change(tx -> {
                Schema.classes().forEach(model -> add(tx, model));
                tx.create(Row.of(VM.XEN_CLASS)
                        .with(VM.NAME_LABEL, "kept")
                        .with(VM.OTHER_CONFIG, Map.of("from", "an older jxapid")));
            });
        }
        try (H2Store store = H2Store.open(folder)) {
            Snapshot state = store.snapshot();
            assertThat(Schema.classes())
                    .allSatisfy(model -> assertThat(state.count(model)).isPositive());
            assertThat(state.byNameLabel(VM.XEN_CLASS, "kept")).hasSize(1);
        }
        if (Boolean.getBoolean("jxapi.keep-database")) {
            Path kept = Path.of("src/test/resources/databases/schema-" + Schema.VERSION + ".mv.db.gz");
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(kept))) {
                Files.copy(folder.resolve("jxapi.mv.db"), out);
            }
        }
    }

    private static <C> void add(Transaction tx, ClassModel<C> model) {
        tx.create(Row.of(model));
    }
}
