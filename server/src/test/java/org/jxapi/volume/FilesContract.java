package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Volumes that are files in a folder, in which others may have files too. */
interface FilesContract extends Contract {
    /** Where it is. */
    Path folder();

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
