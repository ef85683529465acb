package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.jxapi.image.Image;

/** Volumes and their contents. */
interface VolumesContract extends Contract {
    @Test
    default void aNewVolumeIsZerosAndTakesNoSpace() throws IOException {
        repository().begin("a");
        repository().create("a", 4 * MIB);
        assertThat(repository().holds("a")).isTrue();
        assertThat(repository().path("a")).exists();
        assertThat(repository().taken("a") < MIB).isEqualTo(thin());
        holds("a", new byte[4 * MIB]);
        try (Image image = repository().open("a", false)) {
            assertThat(image.hole(0, 4 * MIB)).isTrue();
        }
    }

    @Test
    default void volumesAreListedInOrderWithWhatTheyAre() throws IOException {
        make("b", MIB);
        byte[] contents = makeFull("a", 4 * MIB);
        if (thin()) {
            assertThat(repository().volumes().get(0).taken()).isBetween(contents.length / 3L, 2L * contents.length);
            assertThat(repository().volumes().get(1).taken()).isLessThan(MIB);
        }
        duplicate("a", "c");
        assertThat(locations()).containsExactly("a", "b", "c");
        assertThat(repository().volumes()).allSatisfy(volume -> {
            assertThat(volume.path()).isEqualTo(repository().path(volume.location()));
            assertThat(volume.bytes()).isEqualTo(repository().bytes(volume.location()));
            assertThat(volume.taken()).isEqualTo(repository().taken(volume.location()));
            assertThat(volume.smConfig()).isEqualTo(repository().smConfig(volume.location()));
        });
    }

    @Test
    default void aVolumeIsNeverMadeOverAnother() throws IOException {
        byte[] a = makeFull("a", MIB);
        byte[] b = makeFull("b", MIB);
        assertThatThrownBy(() -> repository().create("a", MIB)).isInstanceOf(IOException.class);
        if (clonesAtOnce()) {
            assertThatThrownBy(() -> repository().clone("b", "a")).isInstanceOf(IOException.class);
        }
        holds("a", a);
        holds("b", b);
    }

    @Test
    default void bytesAreReadWhereTheyWereWritten() throws IOException {
        make("a", 3 * MIB);
        byte[] contents = new byte[3 * MIB];
        try (Image image = repository().open("a", true)) {
            for (int at : new int[] {0, 511, 65_535, 65_536 * 3 - 1, MIB + 4095, 3 * MIB - 700}) {
                Contract.write(image, contents, at, 700);
            }
            assertThat(image.bytes()).isEqualTo(3 * MIB);
        }
        holds("a", contents);
        assertThat(Contract.read(again(), "a")).isEqualTo(contents);
    }

    @Test
    default void nothingIsWrittenBeyondTheEndNorWithoutBeingAskedTo() throws IOException {
        byte[] contents = makeFull("a", MIB);
        try (Image image = repository().open("a", true)) {
            assertThatThrownBy(() -> image.write(MIB - 1, ByteBuffer.wrap(new byte[] {1, 2})))
                    .isInstanceOf(IOException.class);
            ByteBuffer beyond = ByteBuffer.allocate(2);
            image.read(MIB - 1, beyond);
            assertThat(beyond.get(1)).isZero();
        }
        try (Image image = repository().open("a", false)) {
            assertThatThrownBy(() -> image.write(0, ByteBuffer.wrap(new byte[] {1})))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> image.clear(0, 65_536)).isInstanceOf(IOException.class);
        }
        holds("a", contents);
    }

    @Test
    default void clearedPartsAreZeros() throws IOException {
        byte[] contents = makeFull("a", MIB);
        try (Image image = repository().open("a", true)) {
            if (image.clear(65_536, 131_072)) {
                Arrays.fill(contents, 65_536, 65_536 + 131_072, (byte) 0);
            }
            image.sync();
        }
        holds("a", contents);
    }

    @Test
    default void extentsCoverTheDiskAndHolesAreZeros() throws IOException {
        byte[] contents = makeFull("a", 4 * MIB);
        long holes = 0;
        try (Image image = repository().open("a", false)) {
            for (long at = 0; at < image.bytes(); ) {
                Image.Extent extent = image.extent(at, image.bytes() - at);
                assertThat(extent.length()).isBetween(1L, image.bytes() - at);
                if (extent.hole()) {
                    holes += extent.length();
                    int from = Math.toIntExact(at);
                    assertThat(Arrays.copyOfRange(contents, from, from + (int) extent.length()))
                            .containsOnly(0);
                }
                at += extent.length();
            }
        }
        assertThat(holes).isGreaterThan(MIB);
    }

    @Test
    default void aDiskMayHaveMoreThan2TiB() throws IOException {
        long bytes = (3L << 40) + MIB;
        assumeTrue(thin() || repository().usage().size() > bytes, "the device is large enough");
        make("a", bytes);
        byte[] end = Contract.random(4096);
        try (Image image = repository().open("a", true)) {
            image.write(bytes - 4096, ByteBuffer.wrap(end));
            image.write(1L << 41, ByteBuffer.wrap(end));
            image.sync();
        }
        duplicate("a", "b");
        for (String location : new String[] {"a", "b"}) {
            assertThat(repository().bytes(location)).isEqualTo(bytes);
            if (thin()) {
                assertThat(repository().taken(location)).isLessThan(64 * MIB);
            }
            try (Image image = again().open(location, false)) {
                for (long at : new long[] {1L << 41, bytes - 4096}) {
                    ByteBuffer read = ByteBuffer.allocate(4096);
                    image.read(at, read);
                    assertThat(read.array()).isEqualTo(end);
                }
                assertThat(image.hole(0, 1L << 40)).isTrue();
            }
        }
    }

    @Test
    default void aLargerDiskKeepsItsContentsAndIsZerosBehindThem() throws IOException {
        byte[] contents = makeFull("a", MIB);
        write("a", contents, MIB - 100, 100);
        repository().resize("a", 4 * MIB);
        contents = Arrays.copyOf(contents, 4 * MIB);
        holds("a", contents);
        write("a", contents, 4 * MIB - 5000, 5000);
        repository().resize("a", 4 * MIB);
        holds("a", contents);
        assertThat(again().bytes("a")).isEqualTo(4 * MIB);
    }

    @Test
    default void aDiskNeverShrinks() throws IOException {
        byte[] contents = makeFull("a", MIB);
        assertThatThrownBy(() -> repository().resize("a", MIB - 65_536)).isInstanceOf(IOException.class);
        holds("a", contents);
    }

    @Test
    default void aVolumeThatIsNotThereIsAnErrorAndIsNotMade() throws IOException {
        assertThat(repository().holds("a")).isFalse();
        assertThatThrownBy(() -> repository().bytes("a")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> repository().open("a", false).close()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> repository().open("a", true).close()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> repository().resize("a", MIB)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> repository().clone("a", "b")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> repository().stageCopy("a", done -> {}).close())
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> repository().keepBase("a")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> repository().reset("a", MIB)).isInstanceOf(IOException.class);
        repository().dropBase("a");
        repository().discard("a");
        assertThat(files()).isEmpty();
    }

    @Test
    default void aVolumeThatIsDiscardedLeavesNothing() throws IOException {
        makeFull("a", MIB);
        repository().keepBase("a");
        repository().begin("a");
        repository().discard("a");
        assertThat(repository().holds("a")).isFalse();
        assertThat(repository().volumes()).isEmpty();
        assertThat(files()).isEmpty();
        makeFull("a", 2 * MIB);
    }
}
