package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.jxapi.xenapi.Errors;

class TransferMemoryTest {
    private static final int MIB = 1 << 20;

    private final TransferMemory room = new TransferMemory(16L * MIB);

    private TransferMemory.Taken take(long bytes) {
        return room.take("ova.xml", bytes, Errors::importError);
    }

    @Test
    void whatIsTakenIsMissingUntilItIsGivenBack() {
        TransferMemory.Taken first = take(MIB);
        try (TransferMemory.Taken second = take(MIB)) {
            assertThatThrownBy(() -> take(MIB)).hasMessageContaining("no memory for ova.xml");
            first.close();
            take(MIB).close();
        }
        take(2L * MIB).close();
    }

    @Test
    void aPartThatCannotEverFitIsRefusedWithItsSize() {
        assertThat(room.largest()).isEqualTo(2L * MIB);
        assertThatThrownBy(() -> take(2L * MIB + 1)).hasMessageContaining("2097153");
        assertThatThrownBy(() -> take(Long.MAX_VALUE)).hasMessageContaining("9223372036854775807");
    }

    @Test
    void smallPartsAlwaysFindRoom() {
        try (TransferMemory.Taken all = take(2L * MIB)) {
            for (int i = 0; i < 1000; i++) {
                take(64 * 1024);
            }
        }
    }
}
