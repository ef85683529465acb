package org.jxapi.ova;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.transfer.Tar;

class OvaTarTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 513, (1L << 33) - 1, 1L << 33, 5L << 40})
    void aFileOfAnySizeHasIt(long size) {
        byte[] header = Tar.header("disk.vmdk", size, 0644);
        Optional<OvaTar.Entry> entry = new OvaTar(new ByteArrayInputStream(header)).next();
        assertThat(entry.orElseThrow().size()).isEqualTo(size);
        assertThat(entry.orElseThrow().name()).isEqualTo("disk.vmdk");
    }
}
