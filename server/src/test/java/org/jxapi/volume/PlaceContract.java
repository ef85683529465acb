package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.XenApiException;

/** The repository as a whole. */
interface PlaceContract extends Contract {
    /** A repository of the same kind in that folder. */
    Repository at(Path folder);

    @Test
    default void itsPlaceIsItsFolderHoweverItIsAskedFor() {
        assertThat(again().place()).isEqualTo(repository().place());
        assertThat(repository().folder()).contains(folder());
        assertThat(at(folder().resolve("other")).place())
                .isNotEqualTo(repository().place());
        assertThat(repository().readOnly()).isFalse();
    }

    @Test
    default void attachedTwiceOrAttachedLaterItHoldsWhatItHeld() throws IOException {
        byte[] contents = makeFull("a", MIB);
        repository().attach();
        again().attach();
        holds("a", contents);
        repository().detach();
        repository().detach();
        repository().attach();
        assertThat(locations()).containsExactly("a");
        holds("a", contents);
        assertThat(Contract.read(again(), "a")).isEqualTo(contents);
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

    /** Locations of which nothing good can come, whatever the files are called. */
    @Test
    default void noNameLeadsOutOfTheRepository() throws IOException {
        makeFull("a", MIB);
        String itself = folder().getFileName().toString();
        for (String location : List.of(
                "",
                "/",
                "a/",
                "/a",
                "../a",
                "./a",
                "x/../a",
                "../" + itself + "/a",
                folder() + "/a",
                "/etc/passwd",
                "a\0",
                "\0",
                "a".repeat(256),
                "\u00e9".repeat(128),
                "a".repeat(5000))) {
            assertThat(repository().names(location)).as("'%s'", location).isFalse();
        }
    }

    /** Locations that are odd, or like the names of the repository's own files. */
    @Test
    default void everyOtherNameIsAVolumeOfItsOwn() throws IOException {
        byte[] x = makeFull("x", 128 * KIB);
        repository().keepBase("x");
        duplicate("x", "copy of x");
        List<String> files = files();
        for (String location : List.of(
                ".",
                "..",
                "-rf",
                "*",
                "%s $HOME `id`",
                "~",
                " ",
                "a\nb",
                "\u00e9\u4e2d\ud83d\ude00",
                "x.raw",
                "x.qcow2",
                "x.jxapi-1",
                "x.jxapi-base",
                "x.jxapi-part",
                "x.jxapi-pending",
                "x.jxapi-gone",
                "json:{}",
                "nbd://host/x",
                "l".repeat(200))) {
            if (!repository().names(location)) {
                continue;
            }
            byte[] contents = makeFull(location, 128 * KIB);
            write("x", x, 100, 50);
            holds(location, contents);
            holds("x", x);
            assertThat(locations()).contains(location, "x", "copy of x").hasSize(3);
            duplicate(location, "copy");
            repository().tidy(name -> true, "x"::equals);
            holds("copy", contents);
            for (String gone : List.of(location, "copy")) {
                repository().begin(gone);
                repository().discard(gone);
            }
            holds("x", x);
            assertThat(files()).as("after '%s'", location).isEqualTo(files);
        }
    }
}
