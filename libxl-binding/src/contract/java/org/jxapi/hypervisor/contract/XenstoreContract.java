package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.XenstorePermissions;

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
    default void aNodeHasThePermissionsOfTheNodeAboveUntilItGetsItsOwn() {
        Xenstore xenstore = xenstore();
        XenstorePermissions all = XenstorePermissions.readableByAll();
        try {
            xenstore.write(FOLDER, "");
            XenstorePermissions before = xenstore.permissions(FOLDER).orElseThrow();
            assertThat(before.owner()).isEqualTo(Hypervisor.DOM0);
            assertThat(before.mayWrite(Hypervisor.DOM0)).isTrue();
            xenstore.write(FOLDER + "/old", "1");

            xenstore.setPermissions(FOLDER, all);
            xenstore.write(FOLDER + "/new/below", "1");

            assertThat(xenstore.permissions(FOLDER)).hasValue(all);
            assertThat(xenstore.permissions(FOLDER + "/new")).hasValue(all);
            assertThat(xenstore.permissions(FOLDER + "/new/below")).hasValue(all);
            assertThat(xenstore.permissions(FOLDER + "/old")).hasValue(before);
            assertThat(xenstore.read(FOLDER + "/old")).hasValue("1");
            xenstore.write(FOLDER + "/new/below", "2");
            assertThat(xenstore.permissions(FOLDER + "/new/below")).hasValue(all);
        } finally {
            xenstore.remove(FOLDER);
        }
        assertThat(xenstore.permissions(FOLDER)).isEmpty();
        assertThat(Contract.errorOf(() -> xenstore.setPermissions(FOLDER, all))).isEqualTo(LibxlError.FAIL);
    }

    @Test
    default void aWatchTellsOnceAtOnceAndThenOfEveryChangeBelow() {
        Xenstore xenstore = xenstore();
        List<String> told = new CopyOnWriteArrayList<>();
        try (Subscription watch = xenstore.watch(FOLDER, told::add)) {
            Contract.await(PATIENCE, "the watch fires", () -> told.size() == 1);
            assertThat(told).containsExactly(FOLDER);

            xenstore.write(FOLDER + "/a", "1");
            Contract.await(PATIENCE, "the change is reported", () -> told.contains(FOLDER + "/a"));
            xenstore.write("/tool/contract-2", "1");
            told.clear();
            xenstore.remove(FOLDER + "/a");
            Contract.await(PATIENCE, "the end is reported", () -> told.contains(FOLDER + "/a"));
            assertThat(told).doesNotContain("/tool/contract-2");
        } finally {
            xenstore.remove(FOLDER);
            xenstore.remove("/tool/contract-2");
        }
    }
}
