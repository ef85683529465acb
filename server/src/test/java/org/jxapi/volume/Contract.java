package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.jxapi.image.Image;

/** The parts that all contracts of {@link Repository} share. */
interface Contract {
    int KIB = 1 << 10;
    int MIB = 1 << 20;

    /** The repository, which is new, attached, and holds nothing. */
    Repository repository();

    /** The same repository as another daemon would open it. */
    Repository again();

    /** The names of all that it has stored: files in its folder, or logical volumes. */
    List<String> files() throws IOException;

    /** Whether a volume is a single file, which may be copied as a whole. */
    default boolean hasFiles() {
        return true;
    }

    /** Whether volumes take only the space that their data need. */
    default boolean thin() {
        return true;
    }

    /** Whether it clones without a copy. */
    boolean clonesAtOnce();

    /** Makes a volume as package {@code storage} does. */
    default void make(String location, long bytes) throws IOException {
        repository().begin(location);
        repository().create(location, bytes);
        repository().keep(location);
    }

    /** Makes a volume with random contents in two parts, which it returns. */
    default byte[] makeFull(String location, int bytes) throws IOException {
        make(location, bytes);
        byte[] contents = new byte[bytes];
        write(location, contents, 0, bytes / 3);
        write(location, contents, bytes / 2 + 4096 * 3 + 512, 1234);
        return contents;
    }

    /** Makes a volume with the contents of another, as package {@code storage} does. */
    default void duplicate(String from, String to) throws IOException {
        repository().begin(to);
        if (!repository().clone(from, to)) {
            repository().create(to, repository().bytes(from));
            Copying.into(repository(), to, repository(), from, done -> {});
        }
        repository().keep(to);
    }

    /** Writes random bytes to a volume, and to its expected contents. */
    default void write(String location, byte[] contents, int at, int length) throws IOException {
        write(repository(), location, contents, at, length);
    }

    static void write(Repository repository, String location, byte[] contents, int at, int length) throws IOException {
        try (Image image = repository.open(location, true)) {
            write(image, contents, at, length);
        }
    }

    static void write(Image image, byte[] contents, int at, int length) throws IOException {
        byte[] bytes = random(length);
        System.arraycopy(bytes, 0, contents, at, length);
        image.write(at, ByteBuffer.wrap(bytes));
        image.sync();
    }

    /** Random bytes, none of which is zero. */
    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random().nextBytes(bytes);
        for (int i = 0; i < length; i++) {
            bytes[i] |= 1;
        }
        return bytes;
    }

    default byte[] read(String location) throws IOException {
        return read(repository(), location);
    }

    /** All bytes of a volume, in pieces that end anywhere. */
    static byte[] read(Repository repository, String location) throws IOException {
        try (Image image = repository.open(location, false)) {
            byte[] bytes = new byte[Math.toIntExact(image.bytes())];
            int piece = 300 * KIB + 77;
            for (int at = 0; at < bytes.length; at += piece) {
                image.read(at, ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at)));
            }
            return bytes;
        }
    }

    default List<String> locations() {
        return repository().volumes().stream().map(Volume::location).toList();
    }

    default void holds(String location, byte[] contents) throws IOException {
        assertThat(repository().bytes(location)).as("size of %s", location).isEqualTo(contents.length);
        assertThat(read(location)).as("contents of %s", location).isEqualTo(contents);
    }
}
