package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.jxapi.image.Image;
import org.jxapi.volume.Grounds.Ground;

/** Copies between every pair of repositories. */
class CopyingTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 8 * MIB;

    @RegisterExtension
    static final Grounds GROUNDS = new Grounds();

    static Stream<Arguments> pairs() {
        return Stream.of(Kind.values())
                .flatMap(from -> Kind.writable().stream()
                        .flatMap(to -> Stream.of(Ground.TEMPORARY, Ground.XFS)
                                .flatMap(source -> Stream.of(Ground.TEMPORARY, Ground.XFS)
                                        .map(target -> Arguments.of(from, source, to, target)))));
    }

    private static Repository made(Kind kind, Ground ground) throws IOException {
        Path folder = GROUNDS.fresh(ground);
        if (kind.readOnly()) {
            Files.createDirectory(folder);
        }
        Repository repository = kind.in(folder);
        repository.create();
        repository.attach();
        return repository;
    }

    /** A volume with small pieces of data that are far apart, and one with a large piece. */
    private static byte[] fill(Repository repository, String location) throws IOException {
        byte[] contents = new byte[SIZE];
        for (int at = 0; at < SIZE / 2; at += MIB) {
            System.arraycopy(Contract.random(4096), 0, contents, at + 65_536 * 3, 4096);
        }
        System.arraycopy(Contract.random(MIB + 5000), 0, contents, SIZE - 2 * MIB, MIB + 5000);
        if (repository.readOnly()) {
            Files.write(repository.path(location), contents);
            return contents;
        }
        repository.create(location, SIZE);
        try (Image image = repository.open(location, true)) {
            for (int at = 0; at < SIZE; at += 4096) {
                byte[] page = Arrays.copyOfRange(contents, at, at + 4096);
                if (!Arrays.equals(page, new byte[4096])) {
                    image.write(at, ByteBuffer.wrap(page));
                }
            }
            image.sync();
        }
        return contents;
    }

    @ParameterizedTest(name = "{0} on {1} to {2} on {3}")
    @MethodSource("pairs")
    void everyByteArrivesAndNoHoleIsFilled(Kind from, Ground source, Kind to, Ground target) throws IOException {
        Repository one = made(from, source);
        Repository other = made(to, target);
        String original = from.readOnly() ? "original" + from.suffix() : "original";
        byte[] contents = fill(one, original);
        double[] last = {0};

        other.create("copy", SIZE);
        Copying.into(other, "copy", one, original, done -> {
            assertThat(done).isBetween(last[0], 1.0);
            last[0] = done;
        });
        assertThat(Contract.read(other, "copy")).isEqualTo(contents);
        assertThat(one.readOnly() || other.taken("copy") < SIZE / 2).isTrue();

        other.create("larger", 2 * SIZE);
        Copying.into(other, "larger", one, original, done -> {});
        assertThat(Contract.read(other, "larger")).isEqualTo(Arrays.copyOf(contents, 2 * SIZE));

        other.create("staged", MIB);
        try (Stage stage = other.stage("staged", 2 * SIZE)) {
            Copying.into(stage, 2 * SIZE, one, original, done -> {});
            stage.take();
        }
        assertThat(Contract.read(other, "staged")).isEqualTo(Arrays.copyOf(contents, 2 * SIZE));
        assertThat(Contract.read(one, original)).isEqualTo(contents);
    }

    @ParameterizedTest(name = "{0} on {1} to {2} on {3}")
    @MethodSource("pairs")
    void differencesAreFoundBetweenAllRepositories(Kind from, Ground source, Kind to, Ground target)
            throws IOException {
        Repository one = made(from, source);
        Repository other = made(to, target);
        String original = from.readOnly() ? "original" + from.suffix() : "original";
        byte[] contents = fill(one, original);
        other.create("base", SIZE / 2);
        Contract.write(other, "base", new byte[SIZE / 2], 100_000, 5000);
        byte[] base = Contract.read(other, "base");
        other.create("restored", SIZE);
        Copying.into(other, "restored", other, "base", done -> {});
        try (Differences differences = Differences.of(one.open(original, false), () -> other.open("base", false));
                Image image = other.open("restored", true)) {
            assertThat(DifferencesContract.found(differences)).isEqualTo(DifferencesContract.pieces(contents, base));
            Copying.differences(differences, image, done -> {});
        }
        assertThat(Contract.read(other, "restored")).isEqualTo(contents);
    }

    @ParameterizedTest(name = "{0} on {1} to {2} on {3}")
    @MethodSource("pairs")
    void aCopyThatIsCancelledOrNotTakenLeavesTheDiskAsItWas(Kind from, Ground source, Kind to, Ground target)
            throws IOException {
        Repository one = made(from, source);
        Repository other = made(to, target);
        String original = from.readOnly() ? "original" + from.suffix() : "original";
        fill(one, original);
        byte[] before = fill(other, "disk");
        try (Stage stage = other.stage("disk", SIZE)) {
            Copying.into(stage, SIZE, one, original, done -> {
                throw new CancellationException();
            });
        } catch (CancellationException e) {
            // Copies that share blocks, or take no time, are complete before anything can end them.
        }
        assertThat(Contract.read(other, "disk")).isEqualTo(before);
        assertThat(other.volumes()).hasSize(1);
    }
}
