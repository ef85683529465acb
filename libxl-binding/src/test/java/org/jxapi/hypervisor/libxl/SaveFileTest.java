package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.HypervisorException;

class SaveFileTest {
    private static final String HEAD = "LibxlFmt\0\0\0\2";

    @TempDir
    Path folder;

    @Test
    void aStreamOfLibxlIsTaken() throws Exception {
        SaveFile.check(file(HEAD + "\0\0\0\0" + "\1\0\0\0\0\0\0\0" + "and so on"), "a domain");
    }

    @Test
    void anythingElseIsRefusedBeforeLibxlSeesIt() throws Exception {
        for (String content : new String[] {
            "",
            "Libxl",
            "nothing that was saved",
            "LibxlFmt\0\0\0\1" + "\0\0\0\0" + "\1\0\0\0\0\0\0\0",
            HEAD + "\0\0\0\1" + "\1\0\0\0\0\0\0\0",
            HEAD + "\0\0\0\0" + "\2\0\0\0\0\0\0\0",
            HEAD + "\0\0\0\0" + "\1\0\0\0\7\0\0\0" + "content",
            HEAD + "\0\0\0\0" + "\1\0\0\0",
            HEAD
        }) {
            Path file = file(content);
            assertThatThrownBy(() -> SaveFile.check(file, "a domain"))
                    .as(content)
                    .isInstanceOf(HypervisorException.class)
                    .hasMessageContaining(file.toString());
        }
        assertThatThrownBy(() -> SaveFile.check(folder.resolve("none"), "a domain"))
                .isInstanceOf(HypervisorException.class);
    }

    private Path file(String content) throws Exception {
        return Files.write(folder.resolve("image"), content.getBytes(StandardCharsets.ISO_8859_1));
    }
}
