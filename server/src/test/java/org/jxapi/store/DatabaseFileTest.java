package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseFileTest {
    @TempDir
    Path folder;

    /** H2 writes to some damaged files before it refuses them; DamagedDatabaseTest meets one in some thousand. */
    @Test
    void aFileThatIsWrittenToBeforeItIsRefusedIsPutBack() throws IOException {
        Path database = Files.writeString(folder.resolve("jxapi.mv.db"), "as it was");
        DatabaseFile file = new DatabaseFile(folder, "file");
        assertThat(file.keep()).isTrue();
        Files.writeString(database, "changed");
        file.putBack();
        file.dropKept();
        assertThat(database).hasContent("as it was");
        assertThat(folder.toFile().list()).containsExactly("jxapi.mv.db");
    }

    @Test
    void aStartLeavesNoCopyBehind() throws IOException {
        H2Store.open(folder).close();
        Files.writeString(folder.resolve("jxapi-opening.mv.db"), "of a start that was killed");
        H2Store.open(folder).close();
        assertThat(folder.resolve("jxapi-opening.mv.db")).doesNotExist();
    }
}
