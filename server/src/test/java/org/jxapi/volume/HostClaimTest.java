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

    private RacingLvm racing;
    private VolumeGroup group;
    private ThinVolumes volumes;
    private int disconnected;

    @BeforeEach
    void make() throws IOException {
        FakeLvm lvm = new FakeLvm(root);
        racing = new RacingLvm(lvm);
        group = new VolumeGroup(racing, root, "VG_XenStorage-a");
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

    @Test
    void oneOfTwoHostsThatClaimAGroupAtTheSameTimeHasIt() throws IOException {
        HostClaim second = new HostClaim(group, "b");
        racing.meanwhile(() -> {
            group.untag("jxapi-host.b");
            group.tag("jxapi-host.c");
        });
        assertThatThrownBy(second::take).hasMessageContaining("machine-id c");
        assertThat(group.tags()).containsExactly("jxapi-host.c");
        group.untag("jxapi-host.c");

        racing.meanwhile(() -> group.tag("jxapi-host.a"));
        assertThatThrownBy(second::take).hasMessageContaining("machine-id a");
        assertThat(group.tags()).containsExactly("jxapi-host.a");
        group.untag("jxapi-host.a");

        racing.meanwhile(() -> group.tag("jxapi-host.c"));
        second.take();
        assertThat(group.tags()).contains("jxapi-host.b");
    }
}
