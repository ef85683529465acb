package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.image.Image;

/** Discs are read, and nothing changes them. */
class IsoFolderTest {
    @TempDir
    Path folder;

    @TempDir
    Path marks;

    private final byte[] contents = Contract.random(700_000);
    private IsoFolder repository;

    private IsoFolder discs(Path at) {
        return new IsoFolder(at, "sr", new Marks(marks.resolve("marks/sr")));
    }

    @BeforeEach
    void fill() throws IOException {
        for (String name : List.of("b.iso", "A.IMG", "notes.txt", "c.iso.part", "\u00e9.iso")) {
            Files.write(folder.resolve(name), contents);
        }
        Files.createDirectory(folder.resolve("folder.iso"));
        repository = discs(folder);
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
    void otherChangesAreRefusedAndChangeNothing() throws IOException {
        for (ThrowingCallable change : List.<ThrowingCallable>of(
                () -> repository.clone("b.iso", "c.iso"),
                () -> repository.revert("A.IMG", "b.iso"),
                () -> repository.resize("b.iso", 1 << 20),
                () -> repository.stageCopy("b.iso", done -> {}).close(),
                () -> repository.keepBase("b.iso"),
                () -> repository.reset("b.iso", 1 << 20),
                () -> repository.dropBase("b.iso"))) {
            assertThatThrownBy(change).isInstanceOf(IOException.class).hasMessageContaining("as a whole");
        }
        List<Path> before = list();
        repository.discard("b.iso");
        repository.tidy(location -> false, location -> false);
        repository.detach();
        repository.destroy();
        assertThat(list()).isEqualTo(before);
        assertThat(Files.readAllBytes(folder.resolve("b.iso"))).isEqualTo(contents);
    }

    @Test
    void discsAreMadeFilledAndRemoved() throws IOException {
        assertThat(repository.newLocation("uuid", Map.of())).isEqualTo("uuid.img");
        assertThat(repository.newLocation("uuid", Map.of("path", "My.ISO"))).isEqualTo("My.ISO");
        for (String path : List.of("../x.iso", "a b.iso", "x.txt", ".iso", "x.iso\n", "a/b.iso")) {
            assertThatThrownBy(() -> repository.newLocation("uuid", Map.of("path", path)))
                    .as(path)
                    .hasMessageContaining("SR_BACKEND_FAILURE_78");
        }
        List<Path> before = list();
        repository.begin("new.iso");
        repository.create("new.iso", 5000);
        assertThat(Files.getPosixFilePermissions(folder.resolve("new.iso"))).hasSize(4);
        try (Stage stage = repository.stage("new.iso", 5000)) {
            try (Image image = stage.open()) {
                image.write(0, ByteBuffer.wrap(contents, 0, 100));
            }
            stage.take();
        }
        repository.keep("new.iso");
        assertThat(Contract.read(repository, "new.iso")).hasSize(5000).startsWith(Arrays.copyOf(contents, 100));
        repository.begin("new.iso");
        repository.discard("new.iso");
        assertThat(list()).isEqualTo(before);
    }

    /** The mark would hide a disc that stays. */
    @Test
    void nothingBeginsInAFolderThatCannotBeWrittenTo() {
        IsoFolder gone = discs(folder.resolve("gone"));
        assertThatThrownBy(() -> gone.begin("b.iso")).hasMessageContaining("can only be read");
        assertThat(gone.pending("b.iso")).isFalse();
    }

    /** Another host may have made a file of that name in the meantime. */
    @Test
    void aFileOfOthersIsNeverReplaced() throws IOException {
        repository.begin("b.iso");
        assertThatThrownBy(() -> repository.create("b.iso", 1 << 20)).isInstanceOf(FileAlreadyExistsException.class);
        repository.discard("b.iso");
        assertThat(Files.readAllBytes(folder.resolve("b.iso"))).isEqualTo(contents);
    }

    @Test
    void whatACrashLeavesGoesAndNothingOfAnotherHost() throws IOException {
        List<Path> before = list();
        repository.begin("new.iso");
        repository.create("new.iso", 1 << 20);
        repository.begin("b.iso");
        repository.stage("A.IMG", 1 << 20);
        new IsoFolder(folder, "other", new Marks(marks.resolve("other"))).tidy(row -> false, row -> false);
        assertThat(list()).hasSize(before.size() + 2);
        discs(folder).tidy("b.iso"::equals, row -> false);
        assertThat(list()).isEqualTo(before);
        assertThat(repository.pending("b.iso")).isFalse();
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void aFolderThatIsNotThereIsAnErrorThatNamesIt() {
        IsoFolder gone = discs(folder.resolve("gone"));
        for (ThrowingCallable call :
                List.<ThrowingCallable>of(gone::create, gone::attach, gone::usage, gone::volumes)) {
            assertThatThrownBy(call).isInstanceOf(XenApiException.class).hasMessageContaining("gone");
        }
        assertThatThrownBy(() -> TestDrivers.iso().repository(new Settings("", Map.of(), Map.of())))
                .hasMessageContaining("SR_BACKEND_FAILURE_94");
    }
}
