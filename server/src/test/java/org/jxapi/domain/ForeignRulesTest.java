package org.jxapi.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VmOperations;

/** VMs whose domains another tool has made; XAPI has none. */
class ForeignRulesTest {
    @Test
    void theVmOfAnotherToolStopsButDoesNotStart(@TempDir Path folder) {
        try (H2Store store = H2Store.open(folder)) {
            Ref<VM> vm = store.transact(tx ->
                    tx.create(Row.of(VM.XEN_CLASS).with(VM.OTHER_CONFIG, Map.of(ForeignRules.MARK, "true"))));
            assertThat(code(store, vm, VmOperations.START)).isEqualTo("OPERATION_NOT_ALLOWED");
            assertThat(code(store, vm, VmOperations.SNAPSHOT)).isEqualTo("OPERATION_NOT_ALLOWED");
            assertThat(code(store, vm, VmOperations.HARD_SHUTDOWN)).isNull();

            store.change(tx -> {
                tx.set(vm, VM.OTHER_CONFIG, Map.of());
                tx.create(Row.of(VBD.XEN_CLASS)
                        .with(VBD.VM, vm)
                        .with(VBD.TYPE, VbdType.DISK)
                        .with(VBD.EMPTY, true));
            });
            assertThat(code(store, vm, VmOperations.START))
                    .as("an adopted VM with a disk that is no VDI")
                    .isEqualTo("VBD_IS_EMPTY");
        }
    }

    private static String code(H2Store store, Ref<VM> vm, VmOperations operation) {
        var error = ForeignRules.error(store.snapshot(), store.snapshot().row(vm), operation);
        return error == null ? null : error.code();
    }
}
