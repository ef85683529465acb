package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Layers in logical volumes when a change of the volume group fails, or the host stops between two changes: every step of each
 * operation.
 */
class LayersStepsTest {
    private static final int MIB = 1 << 20;
    private static final byte OLD = 1;
    private static final byte NEW = NewContents.NEW;
    private static final Set<String> ROWS = Set.of("a", "fresh");

    private static StoppingLvm lvm;
    private static LvmGround ground;

    @BeforeAll
    static void create() throws IOException {
        ground = LvmGround.ofLayers(real -> lvm = new StoppingLvm(real));
        repository().attach();
    }

    @AfterAll
    static void destroy() throws IOException {
        lvm.work();
        ground.empty();
        ground.remove(repository());
    }

    private static Repository repository() {
        return ground.layers(new NoGuests());
    }

    private static void make(String location, byte value) throws IOException {
        repository().begin(location);
        repository().create(location, MIB);
        NewContents.write(repository(), location, value);
        repository().keep(location);
    }

    /** A disk {@code a} with old contents, which resets to new ones, and a disk {@code fresh} with those. */
    private static void prepare() throws IOException {
        lvm.work();
        ground.empty();
        repository().attach();
        make("fresh", NEW);
        make("a", NEW);
        repository().keepBase("a");
        NewContents.write(repository(), "a", OLD);
    }

    private interface Work {
        void make() throws IOException;
    }

    /** Returns whether the work ended without an error. */
    private static boolean attempt(Work work) {
        try {
            work.make();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** After a start no more is there than the disks need. */
    private static void tidy() throws IOException {
        repository().tidy(ROWS::contains, "a"::equals);
        assertThat(repository().volumes().stream().map(Volume::location)).containsExactly("a", "fresh");
        assertThat(ground.group().tags()).containsExactly(VolumeGroup.LAYERS);
        assertThat(ground.group().report().values())
                .allSatisfy(
                        volume -> assertThat(volume.tags()).as(volume.name()).hasSize(1));
    }

    @ParameterizedTest
    @EnumSource(NewContents.class)
    void aStopBetweenAnyTwoStepsLeavesTheOldContentsOrTheNew(NewContents change) throws IOException {
        int step = 0;
        boolean stopped = true;
        for (; stopped; step++) {
            prepare();
            lvm.fail(step, Integer.MAX_VALUE);
            boolean done = attempt(() -> change.make(repository()));
            stopped = lvm.failed();
            lvm.work();
            tidy();
            assertThat(NewContents.held(repository(), "a"))
                    .as("after %d steps", step)
                    .isIn(done ? List.of(NEW) : List.of(OLD, NEW));
            assertThat(NewContents.held(repository(), "fresh")).isEqualTo(NEW);
        }
        assertThat(step).isGreaterThan(3);
    }

    @Test
    void aMergeThatStopsBetweenAnyTwoStepsChangesNoContents() throws IOException {
        boolean stopped = true;
        for (int step = 0; stopped; step++) {
            prepare();
            repository().dropBase("a");
            for (byte value : new byte[] {3, 4}) {
                repository().snapshot("a", "s" + value);
                repository().keep("s" + value);
                NewContents.write(repository(), "a", value);
            }
            repository().discard("s3");
            repository().discard("s4");
            lvm.fail(step, Integer.MAX_VALUE);
            attempt(() -> {
                while (repository().coalesce(location -> true, done -> {})) {
                    // One layer after the other.
                }
            });
            stopped = lvm.failed();
            lvm.work();
            assertThat(NewContents.held(repository(), "a"))
                    .as("after %d steps", step)
                    .isEqualTo((byte) 4);
            while (repository().coalesce(location -> true, done -> {})) {
                // One layer after the other.
            }
            tidy();
            assertThat(NewContents.held(repository(), "a"))
                    .as("after %d steps", step)
                    .isEqualTo((byte) 4);
            assertThat(ground.group().report()).hasSize(2);
        }
    }

    /** The former contents stay in a volume of the same name when LVM fails to remove it. */
    @Test
    void aNameThatIsRemovedAfterAFailureDoesNotComeBack() throws IOException {
        LayerGroup store = ground.store();
        boolean failed = true;
        for (int step = 0; failed; step++) {
            prepare();
            store.look();
            store.write("a.cbtlog", new byte[] {OLD});
            lvm.fail(step, Integer.MAX_VALUE);
            attempt(() -> store.write("a.cbtlog", new byte[] {NEW}));
            failed = lvm.failed();
            lvm.work();
            assertThat(store.remove("a.cbtlog")).isTrue();
            assertThat(store.has("a.cbtlog")).as("after %d steps", step).isFalse();
        }
    }

    @Test
    void aDiskThatIsMadeOrRemovedHalfGoesWithTheNextStart() throws IOException {
        boolean stopped = true;
        for (int step = 0; stopped; step++) {
            prepare();
            lvm.fail(step, Integer.MAX_VALUE);
            attempt(() -> {
                repository().begin("new");
                repository().create("new", MIB);
                repository().snapshot("new", "snapshot");
                repository().begin("new");
                repository().discard("new");
                repository().begin("snapshot");
                repository().discard("snapshot");
            });
            stopped = lvm.failed();
            lvm.work();
            // The database has no row of them.
            for (String location : List.of("new", "snapshot")) {
                if (repository().holds(location)) {
                    repository().begin(location);
                }
            }
            tidy();
            assertThat(NewContents.held(repository(), "a")).isEqualTo(OLD);
        }
    }
}
