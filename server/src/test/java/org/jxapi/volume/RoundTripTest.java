package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.LoopMounts;
import org.jxapi.harness.LoopMounts.Format;
import org.jxapi.image.Image;

/**
 * A large disk goes through every pair of repositories, and comes back. A build takes 64 MiB;
 * {@code -Djxapi.disk-mib=2048} takes 2 GiB.
 */
class RoundTripTest {
    private static final long MIB = 1 << 20;
    private static final long BYTES = Long.getLong("jxapi.disk-mib", 64) * MIB;
    private static final int PIECE = 1 << 20;

    @RegisterExtension
    static final LoopMounts MOUNTS = new LoopMounts();

    /** A repository, and where it is. */
    private record Place(Repository repository, String name) {}

    @Test
    void everyByteAndEveryHoleReturns() throws IOException {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        List<Place> places = new ArrayList<>();
        for (Format format : Format.values()) {
            Path mounted = MOUNTS.makeLarge(format);
            for (Kind kind : Kind.writable()) {
                Repository repository = kind.in(mounted.resolve(kind.name()));
                repository.create();
                places.add(new Place(repository, kind + " on " + format));
            }
        }
        Place at = places.get(0);
        at.repository().create("disk", BYTES);
        write(at.repository());
        for (Place next : tour(places)) {
            next.repository().create("disk", BYTES);
            Copying.into(next.repository(), "disk", at.repository(), "disk", done -> {});
            at.repository().discard("disk");
            check(next.repository(), at.name() + " to " + next.name());
            at = next;
        }
        assertThat(at).isEqualTo(places.get(0));
    }

    /** A way from the first place to itself, by which each follows each other once. */
    private static List<Place> tour(List<Place> places) {
        List<Place> tour = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            for (int j = i + 1; j < places.size(); j++) {
                tour.add(places.get(j));
                tour.add(places.get(i));
            }
            if (i + 1 < places.size()) {
                tour.add(places.get(i + 1));
            }
        }
        tour.add(places.get(0));
        return tour;
    }

    /** Half of the disk is data, in runs of lengths that nothing divides; each of its bytes depends on its place. */
    private static boolean isHole(long piece) {
        return Long.bitCount(piece * 0x9E3779B97F4A7C15L) % 2 == 0;
    }

    private static void fill(ByteBuffer to, long piece) {
        LongBuffer longs = to.clear().asLongBuffer();
        for (long i = 0; longs.hasRemaining(); i++) {
            longs.put(isHole(piece) || i < 5000 ? 0 : (piece << 32 | i) * 0x9E3779B97F4A7C15L);
        }
    }

    private static void write(Repository repository) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
        try (Image image = repository.open("disk", true)) {
            for (long piece = 0; piece < BYTES / PIECE; piece++) {
                if (!isHole(piece)) {
                    fill(buffer, piece);
                    image.write(piece * PIECE + 40_000, buffer.position(40_000));
                }
            }
            image.sync();
        }
    }

    private static void check(Repository repository, String way) throws IOException {
        ByteBuffer expected = ByteBuffer.allocateDirect(PIECE);
        ByteBuffer found = ByteBuffer.allocateDirect(PIECE);
        long data = 0;
        assertThat(repository.bytes("disk")).isEqualTo(BYTES);
        try (Image image = repository.open("disk", false)) {
            for (long piece = 0; piece < BYTES / PIECE; piece++) {
                fill(expected, piece);
                image.read(piece * PIECE, found.clear());
                assertThat(found.flip().equals(expected.clear()))
                        .as("%s, MiB %d", way, piece)
                        .isTrue();
                data += isHole(piece) ? 0 : PIECE;
            }
        }
        // XFS takes room in advance for a file that grows, and returns it later.
        long taken = Math.min(repository.taken("disk"), Files.size(repository.path("disk")));
        assertThat(taken).as(way).isLessThan(data + 8 * MIB);
    }
}
