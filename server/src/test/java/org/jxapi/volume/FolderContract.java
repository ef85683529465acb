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

/** A repository that is a folder of its own. */
interface FolderContract extends FilesContract {
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
}
