package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.XenApiException;

/** A repository that keeps its volumes in a folder, in which others may have files too. */
interface FolderContract extends Contract {
    /** Where it is. */
    Path folder();

    /** A repository of the same kind in that folder. */
    Repository at(Path folder);

    @Override
    default List<String> files() throws IOException {
        try (Stream<Path> list = Files.list(folder())) {
            return list.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    default void aMarkIsThereBeforeItsVolume() throws IOException {
        repository().begin("a");
        assertThat(again().pending("a")).isTrue();
        assertThat(repository().holds("a")).isFalse();
        repository().discard("a");
        assertThat(files()).isEmpty();
    }

    @Test
    default void itsPlaceIsItsFolderHoweverItIsAskedFor() {
        assertThat(again().place()).isEqualTo(repository().place());
        assertThat(repository().folder()).contains(folder());
        assertThat(at(folder().resolve("other")).place())
                .isNotEqualTo(repository().place());
        assertThat(repository().readOnly()).isFalse();
    }

    @Test
    default void aNewOneNeverTakesOverFiles() throws IOException {
        Path file = Files.writeString(folder().resolve("file"), "mine");
        assertThatThrownBy(() -> repository().create()).isInstanceOf(XenApiException.class);
        assertThatThrownBy(() -> at(file).create()).isInstanceOf(XenApiException.class);
        assertThat(file).hasContent("mine");
    }

    @Test
    default void aPlaceThatIsNotThereIsAnErrorOfStorageManagers() {
        Repository gone = at(folder().resolve("gone"));
        for (ThrowingCallable call : List.<ThrowingCallable>of(gone::attach, gone::usage, gone::volumes)) {
            assertThatThrownBy(call)
                    .isInstanceOf(XenApiException.class)
                    .hasMessageContaining("SR_BACKEND_FAILURE_")
                    .hasMessageContaining(folder().resolve("gone").toString());
        }
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> assertThat(gone.holds("a")).isFalse(),
                () -> assertThat(gone.path("a")).doesNotExist(),
                () -> assertThat(gone.guestDisk("a").path()).doesNotExist(),
                () -> assertThat(gone.pending("a")).isFalse())) {
            Throwable failure = catchThrowable(call);
            if (failure != null) {
                assertThat(failure).isInstanceOf(XenApiException.class).hasMessageContaining("SR_BACKEND_FAILURE_");
            }
        }
        assertThat(folder().resolve("gone")).doesNotExist();
    }

    @Test
    default void destroyedItLeavesOnlyWhatOthersMade() throws IOException {
        makeFull("a", MIB);
        repository().begin("a");
        repository().discard("a");
        Path file = Files.writeString(folder().resolve("file"), "mine");
        repository().destroy();
        assertThat(file).hasContent("mine");
        Files.delete(file);
        repository().destroy();
        assertThat(folder()).doesNotExist();
        repository().destroy();
    }

    @Test
    default void itsUsageIsThatOfItsFileSystem() throws IOException {
        makeFull("a", MIB);
        Usage usage = repository().usage();
        assertThat(usage.size()).isEqualTo(Files.getFileStore(folder()).getTotalSpace());
        assertThat(usage.used()).isBetween(1L, usage.size());
    }

    /** Files that others have put there, under names that are like those of the repository or not. */
    @Test
    default void nothingForeignIsEverRemoved() throws IOException {
        byte[] a = makeFull("a", MIB);
        Set<Path> foreign = new TreeSet<>();
        for (String name :
                List.of("README", "a", "b.raw.bak", ".hidden", "lost+found.txt", "b.qcow2.old", "-rf", "x y.part")) {
            foreign.add(Files.writeString(folder().resolve(name), name));
        }
        for (String suffix : List.of("jxapi-part", "jxapi-base", "jxapi-pending", "jxapi-gone", "raw", "qcow2")) {
            Path inside = Files.createDirectories(folder().resolve("folder." + suffix));
            foreign.add(Files.writeString(inside.resolve("file"), suffix));
            foreign.add(Files.createDirectories(folder().resolve("empty." + suffix)));
        }
        Path outside = Files.writeString(folder().resolveSibling(folder().getFileName() + ".outside"), "outside");
        foreign.add(Files.createSymbolicLink(folder().resolve("link.jxapi-part"), outside));
        foreign.add(Files.createSymbolicLink(folder().resolve("link.jxapi-base"), outside));
        foreign.add(outside);

        repository().begin("b");
        repository().create("b", MIB);
        repository().tidy("a"::equals, name -> false);
        duplicate("a", "b");
        repository().discard("a");
        repository().tidy("b"::equals, name -> false);
        assertThat(foreign).allSatisfy(path -> assertThat(path).exists());
        assertThat(outside).hasContent("outside");
        assertThat(locations()).containsExactly("b");
        holds("b", a);
    }
}
