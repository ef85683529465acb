package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The space of a thin pool, from the status lines of the kernel's dm-thin-pool. */
class ThinPoolTest {
    /** A device mapper that reports this status. */
    private record Reporting(String status) implements Lvm {
        @Override
        public String run(List<String> command) {
            return "VG_XenStorage--x-jxapi--pool-tpool: 0 2097152 thin-pool " + status + "\n";
        }

        @Override
        public void forgetCached(Path device) {
            // Nothing is cached.
        }
    }

    private static Usage usage(String status) throws IOException {
        VolumeGroup group = new VolumeGroup(new Reporting(status), Path.of("/dev"), "VG_XenStorage-x");
        return new ThinPool(group, new Turns()).usage();
    }

    /** A pool stops when either is full, so the one that is closer to it counts. */
    @ParameterizedTest
    @CsvSource({
        "10/4096, 500/1000, 0.5",
        "3900/4096, 100/1000, 0.952",
        "3900/4096, 980/1000, 0.98",
        "10/4096, 990/1000, 0.99"
    })
    void metadataCountWhenTheyRunOutFirst(String metadata, String data, double used) throws IOException {
        Usage usage = usage("1 " + metadata + " " + data + " - rw discard_passdown error_if_no_space - 1024");
        assertThat(usage.size()).isEqualTo(1L << 30);
        assertThat((double) usage.used() / usage.size()).isBetween(used - 0.001, used + 0.001);
    }

    @Test
    void aPoolThatHasFailedHasNoSpace() {
        assertThatThrownBy(() -> usage("Fail")).isInstanceOf(IOException.class).hasMessageContaining("has failed");
    }
}
