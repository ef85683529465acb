package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VM;

/** A transaction replaces a record as one change. */
class UpdateTest {
    private final StateTransaction tx = new StateTransaction(State.EMPTY);

    @Test
    void anUpdateOfSeveralFieldsIsOneChange() {
        Ref<VM> vm = tx.create(Row.of(VM.XEN_CLASS));
        long before = tx.sequence();
        assertThat(tx.update(vm, row -> row.with(VM.NAME_LABEL, "a").with(VM.NAME_DESCRIPTION, "b")))
                .isTrue();
        assertThat(tx.sequence()).isEqualTo(before + 1);
        assertThat(tx.get(vm, VM.NAME_LABEL)).isEqualTo("a");
        assertThat(tx.byNameLabel(VM.XEN_CLASS, "a")).containsExactly(vm);
    }

    @Test
    void anUpdateToTheSameValuesChangesNothing() {
        Ref<VM> vm = tx.create(Row.of(VM.XEN_CLASS).with(VM.NAME_LABEL, "a"));
        long before = tx.sequence();
        assertThat(tx.update(vm, row -> row.with(VM.NAME_LABEL, "b").with(VM.NAME_LABEL, "a")))
                .isTrue();
        assertThat(tx.update(vm, VM.NAME_LABEL, "a")).isTrue();
        assertThat(tx.sequence()).isEqualTo(before);
    }

    @Test
    void anUpdateOfAReferenceChangesTheSetsAtTheOtherEnd() {
        Ref<VM> old = tx.create(Row.of(VM.XEN_CLASS));
        Ref<VM> now = tx.create(Row.of(VM.XEN_CLASS));
        Ref<VBD> vbd = tx.create(Row.of(VBD.XEN_CLASS).with(VBD.VM, old));
        tx.update(vbd, row -> row.with(VBD.DEVICE, "xvda").with(VBD.VM, now));
        assertThat(tx.get(old, VM.VBDS)).isEmpty();
        assertThat(tx.get(now, VM.VBDS)).containsExactly(vbd);
    }

    @Test
    void anObjectThatHasGoneIsNotUpdated() {
        Ref<VM> vm = tx.create(Row.of(VM.XEN_CLASS));
        tx.destroy(vm);
        assertThat(tx.update(vm, VM.NAME_LABEL, "a")).isFalse();
        assertThat(tx.update(vm, row -> row.with(VM.NAME_LABEL, "a"))).isFalse();
    }
}
