package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SealedLineTest {
    @Test
    void aSectorHasTheTextThatWasWrittenLastOrNone() {
        byte[] before = SealedLine.sector("1234 at=noon");
        byte[] after = SealedLine.sector("1298 at=night");
        assertThat(before).hasSize(SealedLine.SECTOR);
        assertThat(SealedLine.text(before, 0)).contains("1234 at=noon");
        for (int written = 0; written <= SealedLine.SECTOR; written++) {
            byte[] torn = before.clone();
            System.arraycopy(after, 0, torn, 0, written);
            SealedLine.text(torn, 0).ifPresent(text -> assertThat(text).isIn("1234 at=noon", "1298 at=night"));
        }
        assertThat(SealedLine.text(after, 0)).contains("1298 at=night");
        assertThat(SealedLine.text(new byte[SealedLine.SECTOR], 0)).isEmpty();
        assertThat(SealedLine.text(Arrays.copyOf(after, SealedLine.SECTOR - 1), 0))
                .isEmpty();
    }

    @Test
    void sectorsFollowEachOther() {
        byte[] two = Arrays.copyOf(SealedLine.sector("first"), 2 * SealedLine.SECTOR);
        System.arraycopy(SealedLine.sector("second"), 0, two, SealedLine.SECTOR, SealedLine.SECTOR);
        assertThat(SealedLine.text(two, SealedLine.SECTOR)).contains("second");
        assertThat(SealedLine.text(two, 2 * SealedLine.SECTOR)).isEmpty();
    }
}
