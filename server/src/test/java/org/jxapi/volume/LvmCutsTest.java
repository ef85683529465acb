package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.jxapi.harness.LoopMounts;
import org.jxapi.volume.CutDisk.Remains;
import org.jxapi.volume.CutWork.Expected;
import org.jxapi.volume.CutWork.Step;

/**
 * The power is cut while repositories on the real LVM work. It runs in the test bed, with {@code -Djxapi.lvm-device} as the
 * other tests of LVM; {@code -Djxapi.cuts=N} cuts N times for each kind.
 */
class LvmCutsTest {
    private static final int CUTS = Integer.getInteger("jxapi.cuts", 2 * Step.values().length);
    private static final String NEIGHBOUR = "neighbour";

    @RegisterExtension
    static final LoopMounts MOUNTS = new LoopMounts();

    /** The repositories that a group can have. */
    enum Group {
        THIN {
            @Override
            Repository on(LvmGround ground) {
                return ground.volumes();
            }

            @Override
            void makeNeighbour(LvmGround ground) throws IOException {
                ground.group().create(NEIGHBOUR, Contract.MIB, "foreign");
            }
        },
        THICK {
            @Override
            Repository on(LvmGround ground) {
                return ground.layers(new NoGuests());
            }

            @Override
            void makeNeighbour(LvmGround ground) throws IOException {
                ground.lvm()
                        .run(
                                "lvcreate",
                                "-y",
                                "-l",
                                "16",
                                "-n",
                                NEIGHBOUR,
                                ground.group().name());
            }
        };

        abstract Repository on(LvmGround ground);

        /** Makes a volume of others. */
        abstract void makeNeighbour(LvmGround ground) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(Group.class)
    void theOldOrTheNewStateIsThereAndNothingElse(Group group) throws Exception {
        assumeTrue(LvmGround.real(), "jxapi.lvm-device is not set");
        CutDisk disk = CutDisk.device(MOUNTS);
        LvmGround ground = LvmGround.on(disk.place());
        OnGroup subject = new OnGroup(group, disk, ground);
        try {
            new PowerCuts(subject).run(CUTS);
        } finally {
            subject.repository().detach();
        }
    }

    private static final class OnGroup implements PowerCuts.Subject, Aftermath.Inside {
        private final Group group;
        private final CutDisk disk;
        private final LvmGround ground;
        private final Repository repository;
        private final byte[] foreign = Contract.random(Contract.MIB);

        OnGroup(Group group, CutDisk disk, LvmGround ground) throws IOException {
            this.group = group;
            this.disk = disk;
            this.ground = ground;
            repository = group.on(ground);
            repository.create();
            group.makeNeighbour(ground);
            ground.group().activate(true);
            Files.write(neighbour(), foreign, StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
            repository.attach();
        }

        private Path neighbour() {
            return ground.group().device(NEIGHBOUR);
        }

        @Override
        public Repository repository() {
            return repository;
        }

        @Override
        public CutDisk disk() {
            return disk;
        }

        @Override
        public Collection<String> names() throws IOException {
            return ground.group().report().values().stream()
                    .map(volume -> volume.name() + volume.tags())
                    .toList();
        }

        @Override
        public void checkImages() throws IOException {
            if (group == Group.THICK) {
                for (String name : ground.store().names("", ".qcow2")) {
                    Qemu.checkAfterCut(ground.links().resolve(name));
                }
            }
        }

        /** A host knows one group of a name: the one with power must not be there meanwhile. */
        @Override
        public void check(Remains remains, Expected expected, String situation) throws IOException {
            repository.detach();
            disk.without(nowhere -> disk.afterStart(remains, device -> checkGroup(expected, situation)));
            repository.attach();
        }

        private void checkGroup(Expected expected, String situation) throws IOException {
            Repository left = group.on(ground);
            String found = ground.lvm()
                    .run(
                            "lvs",
                            "--all",
                            "-o",
                            "lv_name,thin_id,transaction_id,lv_tags",
                            ground.group().name());
            try {
                String as = Aftermath.check(left, this, expected, situation);
                Set<String> names = new TreeSet<>(ground.group().report().keySet());
                names.remove(VolumeGroup.POOL);
                assertThat(names).as(as).containsExactly(NEIGHBOUR);
                ground.group().activate(true);
                assertThat(Files.readAllBytes(neighbour())).as(as).isEqualTo(foreign);
            } catch (IOException | RuntimeException e) {
                throw new AssertionError(situation + ", with the volumes\n" + found, e);
            } finally {
                left.detach();
            }
        }

        @Override
        public String toString() {
            return group + " volumes of LVM";
        }
    }
}
