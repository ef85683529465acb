package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks as the kernel describes them, in a folder like /sys/block. */
class SilentDisksTest {
    @TempDir
    Path sys;

    private void disk(String name, String state) throws IOException {
        Path device = Files.createDirectories(sys.resolve(name).resolve("device"));
        Files.writeString(device.resolve("state"), state + "\n");
    }

    private void map(String name, String uuid, String... paths) throws IOException {
        Files.writeString(
                Files.createDirectories(sys.resolve(name).resolve("dm")).resolve("uuid"), uuid + "\n");
        for (String path : paths) {
            Files.createDirectories(sys.resolve(name).resolve("slaves").resolve(path));
        }
    }

    @BeforeEach
    void make() throws IOException {
        disk("xtesta", "running");
        Files.writeString(Files.createDirectories(sys.resolve("xtesta/xtesta1")).resolve("partition"), "1\n");
        disk("xtestb", "blocked");
        Files.createDirectories(sys.resolve("loop7"));
    }

    private SilentDisks disks() {
        return new SilentDisks(sys);
    }

    @Test
    void aDiskThatTheKernelKeepsBackIsSilent() throws IOException {
        assertThat(disks().names()).containsExactly("xtestb");
        assertThatThrownBy(() -> disks().refuse(Path.of("/dev/xtestb")))
                .hasMessageContaining("SR_BACKEND_FAILURE_47")
                .hasMessageContaining("/dev/xtestb does not answer");
        assertThatCode(() -> disks().refuse(Path.of("/dev/xtesta"))).doesNotThrowAnyException();
        disk("xtestb", "running");
        assertThat(disks().names()).isEmpty();
    }

    @Test
    void aMapAnswersAsLongAsOneOfItsPathsDoes() throws IOException {
        map("dm-0", "mpath-36001405abc", "xtesta", "xtestb");
        map("dm-1", "mpath-36001405def", "xtestb");
        map("dm-2", "LVM-x", "xtestb");
        map("dm-3", "mpath-36001405fed");
        assertThat(disks().names()).containsExactly("dm-1", "xtestb");
    }

    @Test
    void programsOfLvmReadTheOtherDisksAndTheirPartitions() throws IOException {
        assertThat(disks().without(Set.of("xtestb"), List.of("vgs", "-o", "vg_tags", "g")))
                .containsExactly(
                        "vgs",
                        "--config",
                        "devices/filter=[\"a|^/dev/loop7$|\",\"a|^/dev/xtesta$|\",\"a|^/dev/xtesta1$|\",\"r|.*|\"]",
                        "-o",
                        "vg_tags",
                        "g");
    }
}
