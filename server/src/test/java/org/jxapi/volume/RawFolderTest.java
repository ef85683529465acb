package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawFolderTest {
    @TempDir
    Path folder;

    @Test
    void itsNumbersAreThoseOfTheFileSystem() throws IOException {
        Usage usage = at(folder).usage();
        assertThat(usage.size()).isEqualTo(Files.getFileStore(folder).getTotalSpace());
        assertThat(usage.used()).isBetween(1L, usage.size());
    }

    @Test
    void aFolderThatIsGoneIsAnError() {
        assertThatThrownBy(() -> at(folder.resolve("gone")).usage())
                .hasMessageContaining("no such directory " + folder.resolve("gone"));
    }

    @Test
    void aFileSystemThatIsMountedThereStays() throws Exception {
        Path mount = Files.createDirectory(folder.resolve("mount"));
        Process mounting = new ProcessBuilder("mount", "-t", "tmpfs", "tmpfs", mount.toString()).start();
        assumeTrue(mounting.waitFor() == 0, "only root can mount");
        try {
            at(mount).destroy();
            assertThat(mount).isEmptyDirectory();
        } finally {
            new ProcessBuilder("umount", mount.toString()).start().waitFor();
        }
    }

    @Test
    void itsNumbersAreKnownInAChroot() throws Exception {
        Files.createDirectories(folder.resolve("root/disks"));
        Path output = folder.resolve("output");
        String script = """
                root=$0; java=$1; path=$2
                for dir in /*; do
                    if [ -h $dir ]; then cp -P $dir $root$dir
                    elif [ -d $dir ]; then mkdir $root$dir && mount --rbind $dir $root$dir || exit 77
                    fi
                done
                exec chroot $root $java -cp "$path" org.jxapi.volume.RawFolderTest /disks
                """;
        Process process = new ProcessBuilder(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "--mount",
                        "sh",
                        "-c",
                        script,
                        folder.resolve("root").toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        System.getProperty("java.class.path"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(output);
        assumeTrue(process.exitValue() != 77 && !said.contains("unshare:"), "no user namespaces here: " + said);
        assertThat(said).contains("size " + Files.getFileStore(folder).getTotalSpace());
    }

    /** The program in the chroot. */
    public static void main(String[] args) {
        System.out.println("size " + at(Path.of(args[0])).usage().size());
    }

    private static Repository at(Path folder) {
        return new RawFolder(folder);
    }
}
