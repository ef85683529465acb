package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** At most one host has a volume group on a LUN. */
class HostClaimTest {
    @TempDir
    Path root;

    private VolumeGroup group;
    private ThinVolumes volumes;
    private int disconnected;

    @BeforeEach
    void make() throws IOException {
        FakeLvm lvm = new FakeLvm(root);
        group = new VolumeGroup(lvm, root, "VG_XenStorage-a");
        volumes = new ThinVolumes(group, new Lun(), new Turns(), 65_536);
        volumes.create();
        assertThat(lvm.commands()).contains("vgchange --setautoactivation n VG_XenStorage-a");
    }

    /** A LUN that other hosts may reach. */
    private final class Lun implements GroupDevices {
        @Override
        public String place() {
            return "a LUN";
        }

        @Override
        public boolean remote() {
            return true;
        }

        @Override
        public List<Path> connect() {
            return prepare();
        }

        @Override
        public void disconnect() {
            disconnected++;
        }

        @Override
        public List<Path> prepare() {
            return List.of(Path.of("/dev/fake"));
        }
    }

    @Test
    void aHostClaimsAGroupAsLongAsItIsAttached() throws IOException {
        volumes.attach();
        volumes.attach();
        String id = Files.readString(Path.of("/etc/machine-id")).strip();
        assertThat(group.tags()).containsExactly("jxapi-host." + id);
        volumes.detach();
        assertThat(group.tags()).isEmpty();
        assertThat(disconnected).isEqualTo(1);
    }

    @Test
    void aGroupOfAnotherHostIsNotAttachedUntilItsTagIsRemoved() throws IOException {
        Path machineId = Files.writeString(root.resolve("machine-id"), "0123456789abcdef\n");
        HostClaim.of(group, machineId).take();
        assertThatThrownBy(volumes::attach)
                .hasMessageContaining("SR_BACKEND_FAILURE_47")
                .hasMessageContaining("machine-id 0123456789abcdef")
                .hasMessageContaining("vgchange --deltag jxapi-host.0123456789abcdef VG_XenStorage-a");
        assertThatThrownBy(volumes::destroy).hasMessageContaining("SR_BACKEND_FAILURE_47");
        assertThat(group.hasPool()).isTrue();
        assertThat(disconnected).isEqualTo(2);
        HostClaim.of(group, machineId).release();
        volumes.attach();
        Files.delete(machineId);
    }
}
