package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.RunTests;

/** One jar for all versions of libxl: the same classes with the libxl of another Xen than this machine's. */
class OtherLibxlTest {
    /** Folders with libraries, separated by colons; packaging/check fetches them. */
    private static final String FOLDERS = System.getenv().getOrDefault("JXAPI_OTHER_LIBXL", "");

    @Test
    void theSameClassesServeTheLibxlOfAnotherXen() throws Exception {
        assumeTrue(!FOLDERS.isEmpty(), "skipped, as there is no other libxl (packaging/check fetches one)");
        String own = InstalledLibxl.load().libxlVersion();
        for (String folder : FOLDERS.split(":")) {
            ProcessBuilder java = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-D" + Libraries.FOLDER_PROPERTY + "=" + folder,
                    "-D" + LibxlJsonTest.ROUND_TRIPS + "=3500",
                    "-cp",
                    System.getProperty("java.class.path"),
                    RunTests.class.getName(),
                    LibxlJsonTest.class.getName());
            java.environment().put("LD_LIBRARY_PATH", folder);
            Process process = java.redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            assertThat(output).contains(" 0 failed").contains("libxl 4.").doesNotContain("libxl " + own + ":");
        }
    }
}
