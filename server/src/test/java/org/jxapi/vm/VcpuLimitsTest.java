package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.VM;

/** XAPI stores any number of virtual CPUs. No number takes memory. */
class VcpuLimitsTest {
    private static final long MANY = 3_000_000_000L;

    @TempDir
    Path folder;

    @Test
    void aVmWithMoreVcpusThanAnyHostHasDoesNotStart() {
        try (SimulatedHost host = new SimulatedHost(folder)) {
            Ref<VM> vm = host.vm("many", row -> row.with(VM.VCPUS_MAX, MANY).with(VM.VCPUS_AT_STARTUP, MANY));
            assertThatThrownBy(() -> host.start(vm)).hasMessageContaining("NO_HOSTS_AVAILABLE");
        }
    }

    @Test
    void aNumberOfVcpusThatNoGuestHasIsRefused() {
        try (SimulatedHost host = new SimulatedHost(folder)) {
            Ref<VM> vm = host.vm("many", row -> row.with(VM.VCPUS_MAX, 2L));
            LiveOperations live = new LiveOperations(host.store, host.lifecycle);
            assertThatThrownBy(() -> live.vcpus(host.call(), vm, MANY)).hasMessageContaining("VM_BAD_POWER_STATE");
            host.start(vm);
            host.store.change(tx -> tx.set(vm, VM.VCPUS_MAX, MANY));
            for (long wrong : new long[] {MANY, 0, -1}) {
                assertThatThrownBy(() -> live.vcpus(host.call(), vm, wrong))
                        .hasMessageContaining("INVALID_VALUE")
                        .hasMessageContaining("0 < VCPUs ≤ VCPUs_max");
            }
        }
    }
}
