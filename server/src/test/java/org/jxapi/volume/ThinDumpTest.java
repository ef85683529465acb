package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

class ThinDumpTest {
    private static final int BLOCKS = 60;
    private static final int BLOCK = 65_536;

    @TempDir
    Path folder;

    /** The places of the blocks of a volume; 0 for blocks without data. */
    private static long[] places(Random random) {
        long[] places = new long[BLOCKS];
        for (int at = 0; at < BLOCKS; ) {
            long place = random.nextInt(3) == 0 ? 0 : 100L * (1 + random.nextInt(2)) + at;
            for (int end = Math.min(BLOCKS, at + 1 + random.nextInt(6)); at < end; at++) {
                places[at] = place == 0 ? 0 : place++;
            }
        }
        return places;
    }

    /** Runs end wherever they like, also where the next one goes on. */
    private ThinDump dump(String name, long[] places, Random random) throws IOException {
        StringBuilder text = new StringBuilder("<superblock uuid=\"\" data_block_size=\"128\">\n");
        for (int at = 0; at < BLOCKS; ) {
            int end = at + 1;
            while (end < BLOCKS && places[at] != 0 && places[end] == places[end - 1] + 1 && random.nextInt(4) > 0) {
                end++;
            }
            if (places[at] != 0 && end - at == 1) {
                text.append("<single_mapping origin_block=\"%d\" data_block=\"%d\" time=\"0\"/>%n"
                        .formatted(at, places[at]));
            } else if (places[at] != 0) {
                text.append("<range_mapping origin_begin=\"%d\" data_begin=\"%d\" length=\"%d\" time=\"0\"/>%n"
                        .formatted(at, places[at], end - at));
            }
            at = end;
        }
        return ThinDump.open(Files.writeString(folder.resolve(name), text));
    }

    @RepeatedTest(200)
    void volumesDifferWhereTheyHaveABlockInTwoPlaces() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long[] one = places(random);
        long[] other = places(random);
        BitSet expected = new BitSet();
        for (int at = 0; at < BLOCKS; at++) {
            expected.set(at, one[at] != other[at]);
        }
        BitSet found = new BitSet();
        try (ThinDump first = dump("one", one, random);
                ThinDump second = dump("other", other, random)) {
            ThinDump.compare(first, second, (begin, end) -> {
                assertThat(begin)
                        .isGreaterThanOrEqualTo((long) found.length() * BLOCK)
                        .isLessThan(end);
                found.set((int) (begin / BLOCK), (int) (end / BLOCK));
            });
        }
        assertThat(found).as("seed %d", seed).isEqualTo(expected);
    }
}
