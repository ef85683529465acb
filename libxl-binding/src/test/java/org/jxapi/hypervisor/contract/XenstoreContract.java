package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.Xenstore;

/** A xenstore, as one who controls it sees it. */
public interface XenstoreContract {
    String FOLDER = "/tool/contract";

    Duration PATIENCE = Duration.ofSeconds(30);

    Xenstore xenstore();

    @Test
    default void xenstoreIsATreeOfTexts() {
        Xenstore xenstore = xenstore();
        try {
            xenstore.writeAll(Map.of(FOLDER + "/a/b", "ü", FOLDER + "/c", ""));

            assertThat(xenstore.read(FOLDER + "/a/b")).hasValue("ü");
            assertThat(xenstore.read(FOLDER + "/c")).hasValue("");
            assertThat(xenstore.read(FOLDER + "/d")).isEmpty();
            assertThat(xenstore.list(FOLDER)).containsExactlyInAnyOrder("a", "c");
            assertThat(xenstore.list(FOLDER + "/c")).isEmpty();
            assertThat(xenstore.list(FOLDER + "/d")).isEmpty();
            assertThat(xenstore.readTree(FOLDER)).isEqualTo(Map.of("", "", "a", "", "a/b", "ü", "c", ""));
            assertThat(xenstore.readTree(FOLDER + "/d")).isEmpty();

            xenstore.remove(FOLDER + "/a");
            assertThat(xenstore.read(FOLDER + "/a/b")).isEmpty();
            assertThat(xenstore.list(FOLDER)).containsExactly("c");
            xenstore.remove(FOLDER + "/a");
        } finally {
            xenstore.remove(FOLDER);
        }
        assertThat(xenstore.readTree(FOLDER)).isEmpty();
    }

    @Test
    default void aWatchTellsOnceAtOnceAndThenOfEveryChangeBelow() {
        Xenstore xenstore = xenstore();
        List<String> told = new CopyOnWriteArrayList<>();
        try (Subscription watch = xenstore.watch(FOLDER, told::add)) {
            Contract.await(PATIENCE, "the watch fires", () -> told.size() == 1);
            assertThat(told).containsExactly(FOLDER);

            xenstore.write(FOLDER + "/a", "1");
            Contract.await(PATIENCE, "the change is told", () -> told.contains(FOLDER + "/a"));
            xenstore.write("/tool/contract-2", "1");
            told.clear();
            xenstore.remove(FOLDER + "/a");
            Contract.await(PATIENCE, "the end is told", () -> told.contains(FOLDER + "/a"));
            assertThat(told).doesNotContain("/tool/contract-2");
        } finally {
            xenstore.remove(FOLDER);
            xenstore.remove("/tool/contract-2");
        }
    }
}
