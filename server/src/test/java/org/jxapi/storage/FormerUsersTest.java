package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.volume.Repository;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;

/** Volumes that guests of other machines had. */
class FormerUsersTest {
    private static final Ref<Host> MEMBER = Host.XEN_CLASS.ref("OpaqueRef:member");

    @TempDir
    Path folder;

    private final FormerUsers users = new FormerUsers();
    private final List<String> waits = new ArrayList<>();
    private H2Store store;
    private Ref<SR> sr;
    private Ref<VBD> vbd;
    private boolean away;

    @BeforeEach
    void start() {
        store = H2Store.open(folder);
        store.change(tx -> {
            sr = tx.create(Row.of(SR.XEN_CLASS));
            Ref<VDI> vdi = tx.create(Row.of(VDI.XEN_CLASS).with(VDI.SR, sr).with(VDI.LOCATION, "disk"));
            Ref<VM> vm = tx.create(Row.of(VM.XEN_CLASS).with(VM.RESIDENT_ON, MEMBER));
            vbd = tx.create(Row.of(VBD.XEN_CLASS).with(VBD.VM, vm).with(VBD.VDI, vdi));
        });
    }

    @AfterEach
    void stop() {
        store.close();
    }

    /** The repository at a machine; no host is this machine. */
    private AttachedSr at(@Nullable Ref<Host> host) {
        Repository repository = (Repository) Proxy.newProxyInstance(
                Repository.class.getClassLoader(), new Class<?>[] {Repository.class}, (proxy, method, arguments) -> {
                    if (away) {
                        throw Errors.hostOffline("");
                    }
                    waits.add(method.getName());
                    return method.getName().equals("holds") ? true : null;
                });
        return new AttachedSr(sr, repository, host);
    }

    private void await(@Nullable Ref<Host> host, String location) {
        users.await(store.snapshot(), at(host), location, machine -> at(machine.orElse(null)));
    }

    @Test
    void workAtAnotherMachineWaitsOnceForTheGuestThatHadTheVolume() {
        await(null, "disk");
        users.gets(at(MEMBER), "disk");
        await(MEMBER, "disk");
        await(null, "other");
        assertThat(waits).isEmpty();
        await(null, "disk");
        assertThat(waits).containsExactly("holds", "guestDisk");
        await(null, "disk");
        assertThat(waits).hasSize(2);

        users.gets(at(null), "disk");
        await(MEMBER, "disk");
        assertThat(waits).hasSize(4);
    }

    @Test
    void nothingWaitsForAGuestThatHasTheVolumeNow() {
        users.gets(at(MEMBER), "disk");
        store.change(tx -> tx.set(vbd, VBD.CURRENTLY_ATTACHED, true));
        await(null, "disk");
        assertThat(waits).as("while the guest migrates").isEmpty();
        store.change(tx -> tx.set(vbd, VBD.CURRENTLY_ATTACHED, false));
        await(null, "disk");
        assertThat(waits).hasSize(2);
    }

    @Test
    void nothingWaitsForAMachineThatIsAway() {
        users.gets(at(MEMBER), "disk");
        away = true;
        await(null, "disk");
        assertThat(waits).isEmpty();
    }
}
