package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The repository as a whole. */
interface PlaceContract extends Contract {
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

    /** Locations of which nothing good can come, whatever the files are called. */
    @Test
    default void noNameLeadsOutOfTheRepository() throws IOException {
        makeFull("a", MIB);
        String place = repository().place();
        String itself = place.substring(place.lastIndexOf('/') + 1);
        for (String location : List.of(
                "",
                "/",
                "a/",
                "/a",
                "../a",
                "./a",
                "x/../a",
                "../" + itself + "/a",
                place + "/a",
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
        duplicate("x", "copy-of-x");
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
            assertThat(locations()).contains(location, "x", "copy-of-x").hasSize(3);
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
