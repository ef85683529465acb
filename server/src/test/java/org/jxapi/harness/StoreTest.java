package org.jxapi.harness;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.store.H2Store;

/** Tests that need no process: each has an empty store of its own. */
public abstract class StoreTest {
    @TempDir
    protected Path folder;

    protected H2Store store;

    @BeforeEach
    final void openStore() {
        store = H2Store.open(folder);
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }
}
