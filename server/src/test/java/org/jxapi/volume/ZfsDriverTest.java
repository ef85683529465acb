package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of type zfs, where a switch says whether a folder is on ZFS. Its images are those of type file. */
class ZfsDriverTest {
    private static final String UUID = "9bc1f0d8-1d0c-4f5e-9f7c-0d8a0c7a3a11";

    @TempDir
    Path temp;

    private final AtomicBoolean loaded = new AtomicBoolean(true);
    private final AtomicBoolean mounted = new AtomicBoolean(true);
    private Path folder;
    private Repository repository;

    @BeforeEach
    void make() throws Exception {
        folder = Files.createDirectory(temp.resolve("tank"));
        repository = new ZfsDriver(TestDrivers.MOUNTS, new FolderFormats(new NoGuests()), new ZfsDriver.FileSystems() {
                    @Override
                    public boolean hasZfs() {
                        return loaded.get();
                    }

                    @Override
                    public boolean isZfs(Path path) {
                        assertThat(path).isEqualTo(folder);
                        return mounted.get();
                    }
                })
                .repository(new Settings(UUID, Map.of("location", folder.toString()), Map.of()));
    }

    private static void refused(ThrowingCallable call, String text) {
        assertThatThrownBy(call).hasMessageContaining(text);
    }

    @Test
    void aRepositoryOnZfsKeepsDisks() throws Exception {
        repository.create();
        repository.attach();
        repository.begin("disk");
        repository.create("disk", 1 << 20);
        repository.keep("disk");
        repository.detach();
        repository.attach();
        assertThat(repository.volumes()).extracting(Volume::location).containsExactly("disk");
        assertThat(repository.path("disk")).exists().hasParent(folder);
        repository.detach();
    }

    @Test
    void aFolderThatIsNotOnZfsIsRefused() throws Exception {
        mounted.set(false);
        refused(repository::create, "SR_BACKEND_FAILURE_5000");
        refused(repository::create, "ZFS SR creation error [opterr=Cannot create SR, path is not a ZFS mountpoint]");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFileSystemThatIsNotMountedIsNotUsed() {
        repository.create();
        repository.attach();
        repository.detach();
        mounted.set(false);
        refused(repository::attach, "The SR is not available [opterr=Invalid ZFS path]");
        refused(repository::destroy, "SR_BACKEND_FAILURE_5001");
        mounted.set(true);
        repository.destroy();
    }

    @Test
    void aKernelWithoutZfsIsNamed() {
        loaded.set(false);
        for (ThrowingCallable call :
                new ThrowingCallable[] {repository::create, repository::attach, repository::destroy}) {
            refused(call, "SR_BACKEND_FAILURE_47");
            refused(call, "zfs is not installed or module is not loaded");
        }
    }

    @Test
    void thisHostIsAskedForItsFileSystems() {
        Repository real = new ZfsDriver(TestDrivers.MOUNTS, new FolderFormats(new NoGuests()))
                .repository(new Settings(UUID, Map.of("location", temp.toString()), Map.of()));
        refused(real::create, Files.exists(Path.of("/sys/module/zfs")) ? "5000" : "47");
    }
}
