package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.jxapi.image.Image;

/** Marks, and what is removed after a crash. {@link PowerCutsTest} makes crashes. */
interface CrashContract extends Contract {
    private void tidy(Set<String> rows, Set<String> resets) throws IOException {
        repository().tidy(rows::contains, resets::contains);
    }

    @Test
    default void aMarkLastsUntilTheVolumeIsKeptOrDiscarded() throws IOException {
        assertThat(repository().pending("a")).isFalse();
        repository().begin("a");
        repository().begin("a");
        assertThat(repository().holds("a")).isFalse();
        repository().create("a", MIB);
        assertThat(again().pending("a")).isTrue();
        assertThat(again().pending(Set.of("a", "other"))).containsExactly("a");
        repository().keep("a");
        repository().keep("a");
        assertThat(again().pending("a")).isFalse();
        repository().begin("a");
        assertThat(repository().pending("a")).isTrue();
        repository().discard("a");
        assertThat(repository().pending("a")).isFalse();
        assertThat(files()).isEmpty();
    }

    /** Its row may go at once: the volume is not one that was interrupted. */
    @Test
    default void aSettledVolumeNeedsNoRow() throws IOException {
        repository().begin("a");
        repository().create("a", MIB);
        repository().settle("a");
        tidy(Set.of(), Set.of());
        assertThat(locations()).containsExactly("a");
        repository().settle("a");
        repository().begin("a");
        repository().discard("a");
    }

    /** A scan does not touch volumes that operations work on. */
    @Test
    default void nothingIsTidiedWhereAnOperationIsUnderWay() throws IOException {
        byte[] a = makeFull("a", MIB);
        duplicate("a", "resets");
        repository().keepBase("resets");
        repository().begin("arrives");
        repository().create("arrives", MIB);
        repository().begin("a");
        List<String> files;
        try (Stage stage = repository().stage("a", MIB)) {
            files = files();
            again().tidy(location -> false, location -> false, location -> false);
            assertThat(files()).isEqualTo(files);
            again().tidy("arrives"::equals, location -> false, location -> false);
            assertThat(locations()).containsExactly("a", "resets");
            stage.open().close();
        }
        assertThat(repository().pending("a")).isTrue();
        holds("a", a);
        holds("resets", a);
        repository().reset("resets", MIB);
        holds("resets", a);
    }

    @Test
    default void volumesUnderAMarkLiveOnlyWithARow() throws IOException {
        byte[] a = makeFull("a", MIB);
        duplicate("a", "acknowledged");
        duplicate("a", "unacknowledged");
        byte[] foreign = makeFull("unmarked", MIB);
        repository().keepBase("unacknowledged");
        repository().begin("acknowledged");
        repository().begin("unacknowledged");
        repository().begin("nothing made");
        tidy(Set.of("a", "acknowledged"), Set.of());
        assertThat(locations()).containsExactly("a", "acknowledged", "unmarked");
        for (String location : List.of("a", "acknowledged", "unacknowledged", "nothing made")) {
            assertThat(repository().pending(location)).isFalse();
        }
        holds("a", a);
        holds("acknowledged", a);
        holds("unmarked", foreign);
        List<String> files = files();
        tidy(Set.of("a", "acknowledged"), Set.of());
        assertThat(files()).isEqualTo(files);
    }

    @Test
    default void whatCopiesNeedOfARemovedVolumeStays() throws IOException {
        byte[] a = makeFull("a", MIB);
        duplicate("a", "b");
        duplicate("b", "c");
        repository().begin("a");
        repository().begin("b");
        tidy(Set.of("c"), Set.of());
        assertThat(locations()).containsExactly("c");
        holds("c", a);
        repository().begin("c");
        tidy(Set.of(), Set.of());
        assertThat(files()).isEmpty();
    }

    @Test
    default void keptContentsLiveOnlyForDisksThatReset() throws IOException {
        byte[] kept = makeFull("a", MIB);
        byte[] contents = kept.clone();
        repository().keepBase("a");
        write("a", contents, 0, 5000);
        List<String> files = files();
        tidy(Set.of("a"), Set.of("a"));
        assertThat(files()).isEqualTo(files);
        holds("a", contents);
        repository().reset("a", MIB);
        holds("a", kept);
        tidy(Set.of("a"), Set.of());
        repository().begin("a");
        repository().discard("a");
        assertThat(files()).isEmpty();
    }

    @Test
    default void stagedContentsOfACrashGo() throws IOException {
        byte[] a = makeFull("a", MIB);
        List<String> files = files();
        Stage stage = repository().stage("a", MIB);
        try (Image image = stage.open()) {
            Contract.write(image, new byte[MIB], 0, 4096);
        }
        again().tidy(Set.of("a")::contains, Set.<String>of()::contains);
        assertThat(files()).isEqualTo(files);
        holds("a", a);
    }
}
