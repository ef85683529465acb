package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.jxapi.volume.GroupChanges;

class LedGroupsTest {
    private static final List<String> COMMAND = List.of("lvremove", "--yes", "VG_XenStorage-x/v");

    private final List<String> run = new ArrayList<>();
    private final GroupChanges here = (sr, command) -> {
        run.add(sr + " " + String.join(" ", command));
        return "done";
    };

    @Test
    void aHostThatMayNotLeadAnyMoreChangesNoGroup() throws Exception {
        CompletableFuture<Void> lost = CompletableFuture.failedFuture(new IOException("this host does not lead"));
        LedGroups former = new LedGroups(here, () -> lost, Duration.ZERO);
        assertThatThrownBy(() -> former.run("sr", COMMAND))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another host may be the pool's coordinator now");
        assertThat(run).isEmpty();

        LedGroups present = new LedGroups(here, () -> CompletableFuture.completedFuture(null), Duration.ZERO);
        assertThat(present.run("sr", COMMAND)).isEqualTo("done");
        assertThat(run).containsExactly("sr lvremove --yes VG_XenStorage-x/v");
    }

    @Test
    void theProgramsOfAFormerCoordinatorGetTimeToEnd() throws Exception {
        Duration settled = Duration.ofMillis(300);
        long begin = System.nanoTime();
        LedGroups present = new LedGroups(here, () -> CompletableFuture.completedFuture(null), settled);
        present.run("sr", COMMAND);
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(settled.toNanos());
    }
}
