package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Errors;

/** Heads of VHDs whose numbers cannot be trusted. */
class VhdReaderTest {
    private static final int SECTOR = 512;
    private static final long TABLE = 1536;

    private final TransferMemory room = new TransferMemory(64L << 20);

    private static byte[] head(long headerAt, long tableAt, int entries, int blockBytes) {
        ByteBuffer head = ByteBuffer.allocate(3 * SECTOR);
        head.put("conectix".getBytes(StandardCharsets.US_ASCII));
        head.putLong(16, headerAt).putLong(48, 1L << 30).putInt(60, 3);
        int sum = 0;
        for (int i = 0; i < SECTOR; i++) {
            sum += head.get(i) & 0xFF;
        }
        head.putInt(64, ~sum);
        head.position(SECTOR);
        head.put("cxsparse".getBytes(StandardCharsets.US_ASCII));
        head.putLong(SECTOR + 16, tableAt).putInt(SECTOR + 28, entries).putInt(SECTOR + 32, blockBytes);
        return head.array();
    }

    private VhdReader read(InputStream in) {
        return new VhdReader(new Incoming(in, () -> Errors.vdiIoError("early")), room);
    }

    private void refused(byte[] head, String why) {
        assertThatThrownBy(() -> read(new ByteArrayInputStream(head)))
                .isInstanceOf(XenApiException.class)
                .hasMessageContaining("VDI_IO_ERROR")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1536, 4, 2097152, order",
        "-1, 1536, 4, 2097152, order",
        "512, 0, 4, 2097152, order",
        "512, -9223372036854775808, 4, 2097152, order",
        "512, 1536, -1, 2097152, a table of -1 blocks",
        "512, 1536, 2147483647, 2097152, a table of 2147483647 blocks",
        "512, 1536, 4, 0, blocks of 0 bytes",
        "512, 1536, 4, -2097152, blocks of -2097152 bytes",
        "512, 1536, 4, 1073741824, blocks of 1073741824 bytes",
        "512, 1536, 2000000, 2097152, early",
        "512, 9223372036854775807, 4, 2097152, early",
        "9223372036854775807, 1536, 4, 2097152, early",
    })
    void aBadNumberIsAnIoErrorAndTakesNoMemory(long headerAt, long tableAt, int entries, int blockBytes, String why) {
        refused(head(headerAt, tableAt, entries, blockBytes), why);
    }

    @Test
    void roomForATableIsGivenBackWhenTheReaderEndsAndWhenItFails() {
        for (int i = 0; i < 50; i++) {
            refused(head(SECTOR, TABLE, 2_000_000, 1 << 21), "early");
        }
        int entries = 2_000_000;
        for (int i = 0; i < 10; i++) {
            byte[] table = new byte[entries * Integer.BYTES];
            java.util.Arrays.fill(table, (byte) 0xFF);
            InputStream in = new SequenceInputStream(
                    new ByteArrayInputStream(head(SECTOR, TABLE, entries, 1 << 21)), new ByteArrayInputStream(table));
            try (VhdReader reader = read(in)) {
                assertThat(reader.differencing()).isFalse();
            }
        }
    }
}
