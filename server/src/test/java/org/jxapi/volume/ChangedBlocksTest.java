package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The bitmap of VDI.list_changed_blocks: see libs/sm/VDI.py, and bitmap_size in include/cbt-util.h of blktap. */
class ChangedBlocksTest {
    private static final int BLOCK = ChangedBlocks.BLOCK;

    @Test
    void theFirstBlockIsTheHighestBitOfTheFirstByte() throws IOException {
        ChangedBlocks changed = ChangedBlocks.none(40L * BLOCK);
        changed.add(0, 1);
        changed.add(9L * BLOCK - 1, 2);
        changed.add(39L * BLOCK, 1);
        assertThat(changed.bitmap()).containsExactly(0x80, 0xc0, 0, 0, 1, 0, 0, 0);
    }

    /** Xen Orchestra reads 4 bytes for each 2 MiB, also for the last, which may be shorter. */
    @Test
    void theBitmapEndsWithAWholeUnitOfTwoMiB() throws IOException {
        assertThat(ChangedBlocks.all(1 << 20).bitmap()).containsExactly(0xff, 0xff, 0, 0);
        assertThat(ChangedBlocks.all(2 << 20).bitmap()).containsExactly(0xff, 0xff, 0xff, 0xff);
        assertThat(ChangedBlocks.all((1 << 20) + 1).bitmap()).containsExactly(0xff, 0xff, 0x80, 0);
        assertThat(ChangedBlocks.none(0).bitmap()).isEmpty();
    }

    @Test
    void partsBehindTheEndDoNotCount() throws IOException {
        ChangedBlocks changed = ChangedBlocks.none(2L * BLOCK);
        changed.add(BLOCK, Long.MAX_VALUE);
        changed.add(5L * BLOCK, 1);
        changed.addAll(ChangedBlocks.all(100L * BLOCK));
        assertThat(changed.bitmap()).containsExactly(0xc0, 0, 0, 0);
        assertThat(changed.sized(BLOCK).bitmap()).containsExactly(0x80, 0, 0, 0);
    }

    @Test
    void disksThatAreTooLargeAreRefused() {
        assertThatThrownBy(() -> ChangedBlocks.none(Long.MAX_VALUE)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ChangedBlocks.none(200L << 40))
                .hasMessageContaining("too large")
                .isInstanceOf(IOException.class);
    }
}
