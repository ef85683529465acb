package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.XenApiException;

/** Discs are read, and nothing changes them. */
class IsoFolderTest {
    @TempDir
    Path folder;

    private final byte[] contents = Contract.random(700_000);
    private IsoFolder repository;

    @BeforeEach
    void fill() throws IOException {
        for (String name : List.of("b.iso", "A.IMG", "notes.txt", "c.iso.part", "\u00e9.iso")) {
            Files.write(folder.resolve(name), contents);
        }
        Files.createDirectory(folder.resolve("folder.iso"));
        repository = new IsoFolder(folder);
        repository.create();
        repository.attach();
    }

    @Test
    void volumesAreTheDiscsUnderTheirFilesNames() throws IOException {
        assertThat(repository.volumes())
                .extracting(Volume::location)
                .contains("A.IMG", "b.iso")
                .doesNotContain("notes.txt", "c.iso.part", "folder.iso");
        assertThat(repository.volumes()).allSatisfy(volume -> {
            assertThat(volume.bytes()).isEqualTo(contents.length);
            assertThat(volume.taken()).isPositive();
            assertThat(repository.names(volume.location())).isTrue();
            assertThat(repository.holds(volume.location())).isTrue();
        });
        assertThat(Contract.read(repository, "b.iso")).isEqualTo(contents);
        assertThat(repository.guestDisk("b.iso").path()).isEqualTo(folder.resolve("b.iso"));
        assertThat(repository.raw("b.iso")).contains(folder.resolve("b.iso"));
        assertThat(repository.usage().size()).isPositive();
        assertThat(repository.readOnly()).isTrue();
        assertThat(repository.pending("b.iso")).isFalse();
    }

    @Test
    void aLinkToADiscIsADisc() throws IOException {
        Files.createSymbolicLink(folder.resolve("link.iso"), folder.resolve("b.iso"));
        assertThat(Contract.read(repository, "link.iso")).isEqualTo(contents);
        assertThat(repository.taken("link.iso")).isEqualTo(repository.taken("b.iso"));
        assertThat(repository.taken("gone.iso")).isZero();
    }

    @Test
    void onlyDiscsHaveNames() {
        for (String location : List.of(
                "", ".", "..", "/", "notes.txt", "../x.iso", "x/../b.iso", "./b.iso", folder + "/b.iso", "a\0.iso")) {
            assertThat(repository.names(location)).as("'%s'", location).isFalse();
        }
    }

    @Test
    void everyChangeIsRefusedAndChangesNothing() throws IOException {
        for (ThrowingCallable change : List.<ThrowingCallable>of(
                () -> repository.open("b.iso", true).close(),
                () -> repository.begin("b.iso"),
                () -> repository.discard("b.iso"),
                () -> repository.create("new.iso", 1 << 20),
                () -> repository.clone("b.iso", "c.iso"),
                () -> repository.revert("A.IMG", "b.iso"),
                () -> repository.resize("b.iso", 1 << 20),
                () -> repository.stage("b.iso", 1 << 20).close(),
                () -> repository.stageCopy("b.iso", done -> {}).close(),
                () -> repository.keepBase("b.iso"),
                () -> repository.reset("b.iso", 1 << 20),
                () -> repository.dropBase("b.iso"))) {
            assertThatThrownBy(change).isInstanceOf(IOException.class).hasMessageContaining("only read");
        }
        List<Path> before = list();
        repository.tidy(location -> false, location -> false);
        repository.detach();
        repository.destroy();
        assertThat(list()).isEqualTo(before);
        assertThat(Files.readAllBytes(folder.resolve("b.iso"))).isEqualTo(contents);
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void aFolderThatIsNotThereIsAnErrorThatNamesIt() {
        IsoFolder gone = new IsoFolder(folder.resolve("gone"));
        for (ThrowingCallable call :
                List.<ThrowingCallable>of(gone::create, gone::attach, gone::usage, gone::volumes)) {
            assertThatThrownBy(call).isInstanceOf(XenApiException.class).hasMessageContaining("gone");
        }
        assertThatThrownBy(() -> TestDrivers.iso().repository(new Settings("", Map.of(), Map.of())))
                .hasMessageContaining("SR_BACKEND_FAILURE_94");
    }
}
