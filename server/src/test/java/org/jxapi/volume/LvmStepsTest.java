package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.jxapi.image.Image;

/**
 * Thin volumes of LVM when a change of the volume group fails, or the host stops between two changes: every step of each
 * operation. LVM makes each change as a whole.
 */
class LvmStepsTest {
    private static final int MIB = 1 << 20;
    private static final Set<String> CHANGES = Set.of("lvcreate", "lvchange", "lvrename", "lvextend", "lvremove");
    private static final byte OLD = 1;
    private static final byte NEW = 2;

    private static Stopping lvm;
    private static LvmGround ground;

    /** Programs of LVM of which some changes fail. */
    private static final class Stopping implements Lvm {
        private final Lvm lvm;
        private int before = Integer.MAX_VALUE;
        private int failing;
        private boolean failed;

        Stopping(Lvm lvm) {
            this.lvm = lvm;
        }

        void work() {
            before = Integer.MAX_VALUE;
            failed = false;
        }

        /** Lets so many changes work and as many fail after them. */
        void fail(int after, int changes) {
            before = after;
            failing = changes;
            failed = false;
        }

        @Override
        public String run(List<String> command) throws IOException {
            if (CHANGES.contains(command.get(0)) && before-- <= 0 && failing-- > 0) {
                failed = true;
                throw new IOException("stopped before " + String.join(" ", command));
            }
            return lvm.run(command);
        }

        @Override
        public void forgetCached(Path device) throws IOException {
            lvm.forgetCached(device);
        }
    }

    /** Operations that give disk {@code a} the contents {@link #NEW}. */
    private enum Change {
        REVERT {
            @Override
            void make(Repository repository) throws IOException {
                assertThat(repository.revert("fresh", "a")).isTrue();
            }
        },
        IMPORT {
            @Override
            void make(Repository repository) throws IOException {
                try (Stage stage = repository.stage("a", MIB)) {
                    try (Image image = stage.open()) {
                        image.write(0, ByteBuffer.wrap(contents(NEW)));
                        image.sync();
                    }
                    stage.take();
                }
            }
        },
        RESET {
            @Override
            void make(Repository repository) throws IOException {
                repository.reset("a", MIB);
            }
        };

        abstract void make(Repository repository) throws IOException;
    }

    @BeforeAll
    static void create() throws IOException {
        ground = LvmGround.make(real -> lvm = new Stopping(real));
    }

    @AfterAll
    static void destroy() throws IOException {
        lvm.work();
        ground.remove();
    }

    @BeforeEach
    void attach() {
        ground.volumes().attach();
    }

    private static byte[] contents(byte value) {
        byte[] bytes = new byte[MIB];
        Arrays.fill(bytes, value);
        return bytes;
    }

    private static void make(String location, byte value) throws IOException {
        Repository repository = ground.volumes();
        repository.create(location, MIB);
        write(location, value);
        repository.keep(location);
    }

    private static void write(String location, byte value) throws IOException {
        try (Image image = ground.volumes().open(location, true)) {
            image.write(0, ByteBuffer.wrap(contents(value)));
            image.sync();
        }
    }

    private static byte held(String location) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MIB);
        try (Image image = ground.volumes().open(location, false)) {
            image.read(0, bytes);
        }
        byte first = bytes.get(0);
        assertThat(bytes.array()).isEqualTo(contents(first));
        return first;
    }

    /** A disk {@code a} with old contents, which resets to new ones, and a disk {@code fresh} with those. */
    private static void prepare() throws IOException {
        lvm.work();
        ground.empty();
        make("fresh", NEW);
        make("a", NEW);
        ground.volumes().keepBase("a");
        write("a", OLD);
    }

    /** Returns whether the operation ended without an error. */
    private static boolean attempt(Change change) {
        try {
            change.make(ground.volumes());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void tidy() throws IOException {
        assertThat(ground.volumes().volumes().stream().map(Volume::location)).containsExactly("a", "fresh");
        assertThat(ground.volumes().holds("a")).isTrue();
        ground.volumes().tidy(Set.of("a", "fresh")::contains, "a"::equals);
        assertThat(ground.group().report().keySet())
                .containsExactlyInAnyOrder(VolumeGroup.POOL, "jxapi-base.a", "jxapi-disk.a", "jxapi-disk.fresh");
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void aStopBetweenAnyTwoStepsLeavesTheOldContentsOrTheNew(Change change) throws IOException {
        int step = 0;
        boolean stopped = true;
        for (; stopped; step++) {
            prepare();
            lvm.fail(step, Integer.MAX_VALUE);
            boolean done = attempt(change);
            stopped = lvm.failed;
            lvm.work();
            tidy();
            assertThat(held("a")).as("after %d steps", step).isIn(done ? List.of(NEW) : List.of(OLD, NEW));
        }
        assertThat(step).isGreaterThan(3);
    }

    /** Data written after a failed operation is still there after the next start. */
    @ParameterizedTest
    @EnumSource(Change.class)
    void anOperationThatFailsChangesNothingLater(Change change) throws IOException {
        boolean failed = true;
        for (int step = 0; failed; step++) {
            prepare();
            lvm.fail(step, 1);
            boolean done = attempt(change);
            failed = lvm.failed;
            lvm.work();
            assertThat(held("a")).as("failed step %d", step).isEqualTo(done ? NEW : OLD);
            tidy();
            assertThat(held("a")).as("failed step %d, next start", step).isEqualTo(done ? NEW : OLD);
        }
    }
}
