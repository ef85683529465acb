package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.agent.CallersGroups;
import org.jxapi.agent.StorageAgents;
import org.jxapi.image.Image;

/** Two hosts of a pool on one volume group: the coordinator, and a member behind an agent. */
class SharedGroupTest {
    private static final int MIB = 1 << 20;
    private static final Holder HOLDER = new Holder("a", "m", "host a", "pool", 1);

    @TempDir
    Path folder;

    private final List<String> ofMember = new ArrayList<>();
    private LvmGround ground;
    private Repository coordinator;
    private Repository member;
    private StorageAgents agents;
    /** Whether the coordinator has the member make its own changes. */
    private volatile boolean alone;

    /** The programs of the member, which must not change the group. */
    private final class MembersLvm implements Lvm {
        @Override
        public String run(List<String> command) throws IOException {
            ofMember.add(String.join(" ", command.subList(0, Math.min(3, command.size()))));
            return ground.lvm().run(command);
        }

        @Override
        public void forgetCached(Path device) {
            // Files have no other cache.
        }
    }

    /** The one repository of the member. */
    private final class MembersDrivers implements DriverSet {
        @Override
        public Repository repository(String type, Settings settings) {
            Lvm programs = new MembersLvm();
            GroupChanges own = new CallersGroups((sr, command) -> programs.run(command));
            return ground.layers(programs, own, folder.resolve("links"), new NoGuests());
        }

        @Override
        public Driver.Probe probe(String type, Settings settings) {
            return Driver.Probe.of(repository(type, settings));
        }

        @Override
        public Map<String, String> smConfig(String type, Settings settings) {
            return Map.of();
        }
    }

    @BeforeEach
    void plug() throws Exception {
        ground = LvmGround.ofLayers(lvm -> lvm);
        coordinator = ground.layers(new NoGuests());
        coordinator.attach();
        agents = new StorageAgents(
                folder.resolve("agent"), new MembersDrivers(), (sr, location) -> List.of(), (sr, command) -> {
                    if (alone) {
                        throw new GroupChanges.OwnChange("the member is the last host");
                    }
                    return ground.lvm().run(command);
                });
        member = agents.remote().repository("lvm", new Settings("", Map.of(), Map.of()));
        member.attach();
    }

    @AfterEach
    void remove() throws IOException {
        member.detach();
        agents.close();
        ground.empty();
        ground.remove(coordinator);
    }

    private static void write(Repository at, String location, int value) throws IOException {
        byte[] bytes = new byte[MIB];
        Arrays.fill(bytes, (byte) value);
        try (Image image = at.open(location, true)) {
            image.write(0, ByteBuffer.wrap(bytes));
            image.sync();
        }
    }

    private static void holds(Repository at, String location, int value) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MIB);
        try (Image image = at.open(location, false)) {
            image.read(0, bytes);
        }
        byte[] expected = new byte[MIB];
        Arrays.fill(expected, (byte) value);
        assertThat(bytes.array()).isEqualTo(expected);
    }

    @Test
    void eachHostSeesWhatTheOtherHasDone() throws IOException {
        coordinator.create("disk", 4 * MIB);
        for (int i = 1; i < 5; i++) {
            Repository one = i % 2 == 0 ? coordinator : member;
            Repository other = i % 2 == 0 ? member : coordinator;
            write(one, "disk", i);
            holds(other, "disk", i);
            assertThat(other.snapshot("disk", "s" + i)).isTrue();
            write(other, "disk", 10 * i);
            holds(one, "s" + i, i);
        }
        member.resize("disk", 8 * MIB);
        assertThat(coordinator.bytes("disk")).isEqualTo(8 * MIB);
        coordinator.begin("s2");
        coordinator.discard("s2");
        assertThat(member.volumes().stream().map(Volume::location)).containsExactly("disk", "s1", "s3", "s4");
        while (member.coalesce(location -> true, done -> {}) || coordinator.coalesce(location -> true, done -> {})) {
            // One layer after the other.
        }
        holds(coordinator, "disk", 40);
        holds(member, "s1", 1);
        holds(member, "s3", 3);
        assertThat(Files.exists(folder.resolve("links").resolve("s2.qcow2"))).isFalse();
    }

    /** LVM does not keep two hosts apart that change the metadata of one group. */
    @Test
    void aMemberLeavesAllChangesOfTheGroupToTheCoordinator() throws IOException {
        member.begin("disk");
        member.create("disk", 4 * MIB);
        member.keep("disk");
        write(member, "disk", 1);
        member.snapshot("disk", "snapshot");
        member.resize("disk", 8 * MIB);
        member.keepBase("disk");
        member.reset("disk", 8 * MIB);
        member.revert("snapshot", "disk");
        member.track("disk");
        member.begin("disk");
        member.discard("disk");
        member.tidy(location -> true, location -> false);
        assertThat(ofMember)
                .isNotEmpty()
                .allSatisfy(command -> assertThat(
                                Set.of("lvs", "vgs", "lvchange --activate y", "lvchange --activate n"))
                        .anyMatch(allowed -> command.startsWith(allowed) || command.startsWith("lvchange --refresh")));
    }

    @Test
    void theLastHostGivesTheLeaseBackByItself() throws IOException {
        assertThat(coordinator.lease(HOLDER)).isTrue();
        alone = true;
        member.release(HOLDER);
        assertThat(coordinator.holder()).isEmpty();
        assertThat(ofMember).anyMatch(command -> command.startsWith("vgchange --deltag"));
    }

    /** It cannot clean up after a connection that is lost: the next look at the group does. */
    @Test
    void withoutItsCoordinatorAMemberChangesNothing() {
        assertThatThrownBy(() -> new CallersGroups(GroupChanges.here()).run("sr", List.of("lvremove", "x")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("volume group of SR sr is not changed");
    }

    @Test
    void aSnapshotTakesNoMoreRoomThanItsData() throws IOException {
        coordinator.create("disk", 512L * MIB);
        write(coordinator, "disk", 1);
        long before = coordinator.usage().used();
        for (int i = 0; i < 5; i++) {
            coordinator.snapshot("disk", "s" + i);
            write(coordinator, "disk", i);
        }
        assertThat(coordinator.usage().used() - before).isLessThan(100L * MIB);
        assertThat(coordinator.taken("disk")).isGreaterThan(512L * MIB);
    }

    /** Each program reads the metadata of all groups. */
    @Test
    void anOperationTakesFewPrograms() throws IOException {
        coordinator.begin("disk");
        assertThat(programs(() -> coordinator.create("disk", 4 * MIB))).isLessThan(9);
        write(coordinator, "disk", 1);
        assertThat(programs(() -> coordinator.snapshot("disk", "s"))).isLessThan(15);
        assertThat(programs(() -> coordinator.guestDisk("disk"))).isLessThan(8);
        assertThat(programs(() -> coordinator.volumes())).isLessThan(4);
        assertThat(programs(() -> coordinator.discard("s"))).isLessThan(8);
    }

    private interface Work {
        void run() throws IOException;
    }

    private int programs(Work work) throws IOException {
        int before = ground.programs();
        work.run();
        return ground.programs() - before;
    }

    /** libxl reads and writes the image of a suspended VM itself. */
    @Test
    void aPlainVolumeHoldsItsContentsAsTheyAre() throws IOException {
        member.begin("memory");
        member.create("memory", 4 * MIB, true);
        write(member, "memory", 7);
        holds(coordinator, "memory", 7);
        assertThat(Files.readAllBytes(coordinator.guestDisk("memory").path()))
                .startsWith(7, 7)
                .hasSize(4 * MIB);
        assertThat(coordinator.clone("memory", "copy")).isFalse();
        coordinator.resize("memory", 8 * MIB);
        assertThat(member.bytes("memory")).isEqualTo(8 * MIB);
        member.tidy(location -> true, location -> false);
        holds(member, "memory", 7);
        coordinator.begin("memory");
        coordinator.discard("memory");
        assertThat(coordinator.volumes()).isEmpty();
    }

    @Test
    void withoutRoomNothingIsMadeAndNothingIsLost() throws IOException {
        coordinator.create("disk", MIB);
        write(coordinator, "disk", 1);
        long all = coordinator.usage().size();
        assertThatThrownBy(() -> coordinator.create("large", all)).hasMessageContaining("No space left");
        coordinator.discard("large");
        assertThat(coordinator.volumes()).hasSize(1);
        holds(member, "disk", 1);
    }

    @Test
    void oneCoordinatorHasTheLease() throws IOException {
        Holder other = new Holder("b", "m2", "host b", "other pool", 1);
        assertThat(coordinator.holder()).isEmpty();
        assertThat(coordinator.lease(HOLDER)).isTrue();
        assertThat(coordinator.lease(HOLDER)).isTrue();
        assertThat(coordinator.lease(other)).isFalse();
        assertThat(member.holder()).contains(HOLDER);
        coordinator.release(other);
        assertThat(coordinator.holder()).contains(HOLDER);
        coordinator.breakLease(other);
        assertThat(coordinator.holder()).contains(other);
        assertThat(coordinator.lease(HOLDER)).isFalse();
        coordinator.release(other);
        assertThat(coordinator.holder()).isEmpty();
    }

    @Test
    void oneOfTwoPoolsThatTakeTheLeaseAtTheSameTimeHasIt() throws IOException {
        RacingLvm racing = new RacingLvm(ground.lvm());
        Repository first = ground.layers(
                racing, (sr, command) -> ground.lvm().run(command), folder.resolve("racing"), new NoGuests());
        Holder other = new Holder("b", "m2", "host b", "other pool", 1);
        racing.meanwhile(() -> {
            first.release(HOLDER);
            coordinator.lease(other);
        });
        assertThat(first.lease(HOLDER)).isFalse();
        assertThat(first.holder()).contains(other);
        coordinator.release(other);
        assertThat(first.lease(HOLDER)).isTrue();
    }
}
