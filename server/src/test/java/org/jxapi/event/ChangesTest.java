package org.jxapi.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Event;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VM;

class ChangesTest {
    private static final EventFilter ALL = EventFilter.of(List.of("*"));

    @TempDir
    Path folder;

    private H2Store store;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void onlyWhatHasChangedIsLookedAt() {
        List<Ref<VM>> vms = vms(2_000);
        Token token = now();
        store.change(tx -> tx.set(vms.get(7), VM.NAME_DESCRIPTION, "changed"));
        Snapshot snapshot = store.snapshot();
        Snapshot watched = (Snapshot) Proxy.newProxyInstance(
                Snapshot.class.getClassLoader(), new Class<?>[] {Snapshot.class}, (proxy, method, args) -> {
                    assertThat(method.getName()).isNotEqualTo("all");
                    try {
                        return method.invoke(snapshot, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        assertThat(snapshot.modifiedAfter(VM.XEN_CLASS, token.database())).hasSize(1);
        EventBatch batch = new Changes(store.changes()).since(token, ALL, watched);
        assertThat(told(batch)).containsExactly("mod " + vms.get(7));
        assertThat(batch.validRefCounts()).containsEntry("vm", 2_000).containsEntry("session", 0);
    }

    @Test
    void manyChangesAreOneEventAndWhatCameAndWentIsNone() {
        Ref<VM> old = vms(1).get(0);
        Token token = now();
        store.change(tx -> tx.set(old, VM.NAME_DESCRIPTION, "once"));
        store.change(tx -> tx.set(old, VM.NAME_DESCRIPTION, "twice"));
        Ref<VM> kept = vms(1).get(0);
        store.change(tx -> tx.set(kept, VM.NAME_DESCRIPTION, "new"));
        Ref<VM> gone = vms(1).get(0);
        store.change(tx -> tx.destroy(gone));
        EventBatch batch = since(token);
        assertThat(told(batch)).containsExactly("add " + kept, "mod " + old);
        store.change(tx -> tx.destroy(old));
        assertThat(told(since(token))).containsExactly("add " + kept, "del " + old);
        assertThat(told(since(Token.parse(since(token).token())))).isEmpty();
    }

    @Test
    void aReferenceToAnObjectIsAChangeOfTheObjectAlsoAfterARestart() {
        Ref<VM> vm = vms(1).get(0);
        Token token = now();
        Ref<VBD> vbd = store.transact(tx -> tx.create(Row.of(VBD.XEN_CLASS).with(VBD.VM, vm)));
        assertThat(told(since(token))).containsExactly("add " + vbd, "mod " + vm);
        store.close();
        open();
        assertThat(told(since(token))).containsExactly("add " + vbd, "mod " + vm);
    }

    @Test
    void theLastRemovalsOfAClassAreRemembered() {
        List<Ref<VM>> vms = vms(600);
        Token token = now();
        store.change(tx -> vms.forEach(vm -> tx.destroy(vm)));
        assertThat(since(token).events()).hasSizeBetween(256, 512);
        store.close();
        open();
        assertThat(since(token).events()).hasSizeBetween(256, 512);
    }

    @Test
    void singleObjectsCanBeWatched() {
        List<Ref<VM>> vms = vms(3);
        Token token = now();
        store.change(tx -> vms.forEach(vm -> tx.set(vm, VM.NAME_DESCRIPTION, "x")));
        EventFilter one = EventFilter.of(List.of("vm/" + vms.get(1), "VBD"));
        assertThat(told(new Changes(store.changes()).since(token, one, store.snapshot())))
                .containsExactly("mod " + vms.get(1));
        assertThat(told(new Changes(store.changes()).since(new Token(0, 0), one, store.snapshot())))
                .containsExactly("add " + vms.get(1));
    }

    private List<Ref<VM>> vms(int count) {
        return store.transact(tx -> {
            List<Ref<VM>> made = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                made.add(tx.create(Row.of(VM.XEN_CLASS)));
            }
            return made;
        });
    }

    private Token now() {
        return new Token(store.snapshot().sequence(), 0);
    }

    private EventBatch since(Token token) {
        return new Changes(store.changes()).since(token, ALL, store.snapshot());
    }

    private static List<String> told(EventBatch batch) {
        return batch.events().stream()
                .map(e -> e.as(Event.XEN_CLASS))
                .map(e -> e.get(Event.OPERATION).wire() + " " + e.get(Event.REF))
                .toList();
    }
}
