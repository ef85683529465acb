package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Thin volumes of LVM when a change of the volume group fails, or the host stops between two changes: every step of each
 * operation. LVM makes each change as a whole.
 */
class LvmStepsTest {
    private static final int MIB = 1 << 20;
    private static final byte OLD = 1;
    private static final int TRACKED_STEPS = 12;
    private static final byte NEW = NewContents.NEW;

    private static StoppingLvm lvm;
    private static LvmGround ground;

    @BeforeAll
    static void create() throws IOException {
        ground = LvmGround.make(real -> lvm = new StoppingLvm(real));
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

    private static void make(String location, byte value) throws IOException {
        Repository repository = ground.volumes();
        repository.create(location, MIB);
        NewContents.write(ground.volumes(), location, value);
        repository.keep(location);
    }

    /** A disk {@code a} with old contents, which resets to new ones, and a disk {@code fresh} with those. */
    private static void prepare() throws IOException {
        lvm.work();
        ground.empty();
        make("fresh", NEW);
        make("a", NEW);
        ground.volumes().keepBase("a");
        NewContents.write(ground.volumes(), "a", OLD);
    }

    /** Returns whether the operation ended without an error. */
    private static boolean attempt(NewContents change) {
        try {
            change.make(ground.volumes());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A power cut may leave it: LVM has written that it exists before the pool has. */
    @Test
    void aVolumeThatThePoolDoesNotHaveLeavesTheOthersUsable() throws IOException {
        lvm.work();
        ground.empty();
        make("a", OLD);
        ground.volumes().create("lost", MIB);
        Files.delete(ground.group().device(ThinNames.DISK + "lost"));
        lvm.fail(0, 1);
        ground.volumes().attach();
        assertThat(lvm.failed()).isTrue();
        ground.volumes().tidy("a"::equals, name -> false);
        assertThat(NewContents.held(ground.volumes(), "a")).isEqualTo(OLD);
        assertThat(ground.volumes().volumes()).extracting(Volume::location).containsExactly("a");

        Files.delete(ground.group().device(ThinNames.DISK + "a"));
        lvm.fail(0, 1);
        assertThatThrownBy(() -> ground.volumes().attach()).hasMessageContaining("SR_BACKEND_FAILURE_52");
        lvm.work();
    }

    private static void tidy() throws IOException {
        assertThat(ground.volumes().volumes().stream().map(Volume::location)).containsExactly("a", "fresh");
        assertThat(ground.volumes().holds("a")).isTrue();
        ground.volumes().tidy(Set.of("a", "fresh")::contains, "a"::equals);
        assertThat(ground.group().report().keySet())
                .containsExactlyInAnyOrder(VolumeGroup.POOL, "jxapi-base.a", "jxapi-disk.a", "jxapi-disk.fresh");
    }

    @ParameterizedTest
    @EnumSource(NewContents.class)
    void aStopBetweenAnyTwoStepsLeavesTheOldContentsOrTheNew(NewContents change) throws IOException {
        int step = 0;
        boolean stopped = true;
        for (; stopped; step++) {
            prepare();
            lvm.fail(step, Integer.MAX_VALUE);
            boolean done = attempt(change);
            stopped = lvm.failed();
            lvm.work();
            tidy();
            assertThat(NewContents.held(ground.volumes(), "a"))
                    .as("after %d steps", step)
                    .isIn(done ? List.of(NEW) : List.of(OLD, NEW));
        }
        assertThat(step).isGreaterThan(3);
    }

    /** The log of a snapshot, the log of its disk, and what is kept of it change one after the other. */
    @Test
    void aStopBetweenAnyTwoStepsLosesNoChangedBlock() throws IOException {
        long seed = System.nanoTime();
        boolean stopped = true;
        for (int step = 0; stopped; step++) {
            lvm.work();
            ground.empty();
            TrackedWork work = new TrackedWork(ground.volumes(), new Random(seed));
            lvm.fail(step, Integer.MAX_VALUE);
            try {
                for (int i = 0; i < TRACKED_STEPS; i++) {
                    work.step();
                }
            } catch (IOException e) {
                assertThat(lvm.failed()).isTrue();
            }
            stopped = lvm.failed();
            lvm.work();
            for (List<TrackedWork.Snap> rows : work.cut(() -> "").rows()) {
                TrackedWork.check(ground.volumes(), rows, "seed " + seed + ", after " + step + " steps");
            }
        }
    }

    /** Data written after a failed operation is still there after the next start. */
    @ParameterizedTest
    @EnumSource(NewContents.class)
    void anOperationThatFailsChangesNothingLater(NewContents change) throws IOException {
        boolean failed = true;
        for (int step = 0; failed; step++) {
            prepare();
            lvm.fail(step, 1);
            boolean done = attempt(change);
            failed = lvm.failed();
            lvm.work();
            assertThat(NewContents.held(ground.volumes(), "a"))
                    .as("failed step %d", step)
                    .isEqualTo(done ? NEW : OLD);
            tidy();
            assertThat(NewContents.held(ground.volumes(), "a"))
                    .as("failed step %d, next start", step)
                    .isEqualTo(done ? NEW : OLD);
        }
    }
}
