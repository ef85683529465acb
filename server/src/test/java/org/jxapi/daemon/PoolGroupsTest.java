package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.storage.HostDrivers;
import org.jxapi.store.H2Store;
import org.jxapi.volume.GroupChanges.OwnChange;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;

/** The changes of volume groups that a coordinator makes for other hosts. */
class PoolGroupsTest {
    private static final List<String> COMMAND = List.of("lvremove", "--yes", "VG_XenStorage-x/v");

    @TempDir
    Path folder;

    @Test
    void itChangesTheGroupsOfSrsThatItHasPlugged() throws Exception {
        List<String> run = new ArrayList<>();
        try (H2Store store = H2Store.open(folder)) {
            PoolGroups groups = new PoolGroups(store, HostDrivers.ONLY_HERE, (sr, command) -> {
                run.add(sr + " " + String.join(" ", command));
                return "done";
            });
            assertThatThrownBy(() -> groups.run("none", COMMAND))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("none is not plugged at the pool's coordinator");
            Ref<PBD> pbd = store.transact(tx -> {
                Ref<Host> host = tx.create(Row.of(Host.XEN_CLASS));
                Ref<SR> sr = tx.create(Row.of(SR.XEN_CLASS));
                return tx.create(Row.of(PBD.XEN_CLASS).with(PBD.HOST, host).with(PBD.SR, sr));
            });
            String sr = store.snapshot().get(store.snapshot().get(pbd, PBD.SR), SR.UUID);
            assertThatThrownBy(() -> groups.run(sr, COMMAND)).hasMessageContaining("is not plugged");
            assertThat(run).isEmpty();

            store.change(tx -> tx.set(pbd, PBD.CURRENTLY_ATTACHED, true));
            assertThat(groups.run(sr, COMMAND)).isEqualTo("done");
            assertThatThrownBy(() -> groups.run(sr, List.of("rm", "-rf", "/")))
                    .hasMessageContaining("rm does not change");
            assertThat(run).containsExactly(sr + " lvremove --yes VG_XenStorage-x/v");
        }
    }

    /** No host plugs the SR meanwhile. */
    @Test
    void theLastHostThatUnplugsAnSrMakesItsOwnChanges() throws Exception {
        try (H2Store store = H2Store.open(folder)) {
            PoolGroups groups = new PoolGroups(store, HostDrivers.ONLY_HERE, (sr, command) -> "done");
            Ref<SR> sr = store.transact(tx -> tx.create(Row.of(SR.XEN_CLASS)));
            String uuid = store.snapshot().get(sr, SR.UUID);
            assertThatThrownBy(() -> groups.run(uuid, COMMAND)).isNotInstanceOf(OwnChange.class);
            for (StorageOperations end : List.of(StorageOperations.UNPLUG, StorageOperations.DESTROY)) {
                store.change(tx -> tx.set(sr, SR.CURRENT_OPERATIONS, Map.of("task", end)));
                assertThatThrownBy(() -> groups.run(uuid, COMMAND)).isInstanceOf(OwnChange.class);
            }
            store.change(tx -> tx.set(sr, SR.CURRENT_OPERATIONS, Map.of("task", StorageOperations.PLUG)));
            assertThatThrownBy(() -> groups.run(uuid, COMMAND)).isNotInstanceOf(OwnChange.class);
        }
    }
}
