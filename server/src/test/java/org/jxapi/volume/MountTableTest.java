package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines of /proc/self/mountinfo, see proc(5). */
class MountTableTest {
    private static final MountTable TABLE = MountTable.parse(List.of(
            "22 27 0:21 / /proc rw,nosuid - proc proc rw",
            "27 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
            "43 27 0:39 / /run/sr-mount/with\\040space rw,relatime shared:7 master:2 - nfs4 nas:/ex\\134port rw,vers=4.2",
            "44 27 0:40 / /mnt rw - tmpfs first rw",
            "45 44 0:41 / /mnt rw - tmpfs second rw",
            "nonsense"));

    @Test
    void optionalFieldsAndEscapesAreRead() {
        assertThat(TABLE.at(Path.of("/run/sr-mount/with space")))
                .hasValue(new MountTable.Entry("0:39", Path.of("/run/sr-mount/with space"), "nfs4", "nas:/ex\\port"));
        assertThat(TABLE.entries()).hasSize(5);
    }

    @Test
    void theLastMountAtAPlaceCounts() {
        assertThat(TABLE.at(Path.of("/mnt")).orElseThrow().source()).isEqualTo("second");
        assertThat(TABLE.at(Path.of("/home"))).isEmpty();
    }
}
