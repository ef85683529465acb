package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** packaging/bin, with a real Java that shows its properties in the place of the program. */
class StartScriptsTest {
    @TempDir
    Path tree;

    @ParameterizedTest
    @CsvSource({"jxapid, ''", "jxapid, C", "jxapid, C.UTF-8", "xe, ''", "xe, C", "xe, C.UTF-8"})
    void namesOutsideAsciiAreReadWhateverTheLocale(String script, String locale) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(installed(script).toString()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.equals("LANG") || name.startsWith("LC_"));
        if (!locale.isEmpty()) {
            builder.environment().put("LC_ALL", locale);
        }
        builder.environment().put("JAVA_HOME", javaThatShowsItsProperties().toString());
        File output = tree.resolve("output").toFile();
        Process process = builder.redirectOutput(output).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).content().containsPattern("sun\\.jnu\\.encoding = UTF-8");
    }

    private Path installed(String script) throws IOException {
        Path bin = Files.createDirectories(tree.resolve("packaging/bin"));
        Files.createDirectories(tree.resolve("server/target/lib"));
        Files.createFile(Files.createDirectories(tree.resolve("xe-cli/target")).resolve("xe.jar"));
        for (String file : List.of("java", script)) {
            Files.copy(
                    Repository.ROOT.resolve("packaging/bin").resolve(file),
                    bin.resolve(file),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        return bin.resolve(script);
    }

    private Path javaThatShowsItsProperties() throws IOException {
        Path home = tree.resolve("java");
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Path real = Path.of(System.getProperty("java.home"), "bin", "java");
        Files.writeString(java, "#!/bin/sh\nexec '" + real + "' -XshowSettings:properties -version\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        return home;
    }
}
