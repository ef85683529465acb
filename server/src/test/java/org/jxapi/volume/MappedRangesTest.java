package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedRangesTest {
    /** As thin_dump of Debian 12 writes it. */
    @Test
    void mappingsOfOneVolumeAreRead(@TempDir Path folder) throws IOException {
        Path dump = Files.writeString(folder.resolve("dump"), """
                <superblock uuid="" time="1" transaction="3" version="2" data_block_size="128" nr_data_blocks="0">
                  <device dev_id="2" mapped_blocks="4" transaction="1" creation_time="0" snap_time="1">
                    <single_mapping origin_block="1" data_block="0" time="0"/>
                    <range_mapping origin_begin="2" data_begin="5" length="2" time="1"/>
                    <single_mapping origin_block="10" data_block="1" time="0"/>
                  </device>
                </superblock>
                """);
        MappedRanges ranges;
        try (ThinDump opened = ThinDump.open(dump)) {
            ranges = MappedRanges.read(opened);
        }
        assertThat(ranges.nextData(0)).isEqualTo(65_536);
        assertThat(ranges.nextData(70_000)).isEqualTo(70_000);
        assertThat(ranges.nextHole(65_536)).isEqualTo(4 * 65_536);
        assertThat(ranges.nextData(4 * 65_536)).isEqualTo(10 * 65_536);
        assertThat(ranges.nextHole(5 * 65_536)).isEqualTo(5 * 65_536);
        assertThat(ranges.nextData(11 * 65_536)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aVolumeWithoutDataIsOneHole() {
        assertThat(new MappedRanges().nextData(0)).isEqualTo(Long.MAX_VALUE);
    }

    /** A list of bounded length never takes data for a hole. */
    @Test
    void manyPartsMakeSmallGapsData() {
        MappedRanges ranges = new MappedRanges();
        for (long i = 0; i < 1_000_000; i++) {
            ranges.add(10 * i, 10 * i + 1 + i % 5);
        }
        ranges.add(1L << 40, (1L << 40) + 1);
        for (long i = 0; i < 1_000_000; i += 997) {
            assertThat(ranges.nextData(10 * i)).isEqualTo(10 * i);
        }
        assertThat(ranges.nextData(1L << 30)).isEqualTo(1L << 40);
    }
}
