package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;

/** The disk with the memory of a suspended VM: VM.set_suspend_VDI of xapi_vm.ml. */
class SuspendImageTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();

    @Test
    void aSuspendedVmTakesAnotherDiskWithTheSameImage() throws Exception {
        String vm = calls.vm("image");
        String sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        String other = calls.vdi(sr, 1 << 20);
        assertThat(calls.error("VM.set_suspend_VDI", vm, other))
                .containsExactly("VM_BAD_POWER_STATE", vm, "suspended", "halted");
        calls.ok("VM.start", vm, false, false);
        calls.ok("VM.suspend", vm);
        String image = calls.text("VM.get_suspend_VDI", vm);
        assertThat(calls.error("VM.set_suspend_VDI", vm, other).get(0))
                .isEqualTo("SUSPEND_VDI_REPLACEMENT_IS_NOT_IDENTICAL");
        String copy = calls.text("VDI.copy", image, sr, "OpaqueRef:NULL", "OpaqueRef:NULL");
        calls.ok("VM.set_suspend_VDI", vm, copy);
        assertThat(calls.text("VM.get_suspend_VDI", vm)).isEqualTo(copy);
        calls.ok("VM.resume", vm, false, false);
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
    }

    /** A client sets the type of the next boot while the guest runs. The guest goes on as what it is. */
    @Test
    void aGuestGoesOnWithTheTypeThatItBootedWith() throws Exception {
        String vm = calls.vm("type");
        calls.ok("VM.start", vm, false, false);
        String metrics = calls.text("VM.get_metrics", vm);
        assertThat(calls.text("VM_metrics.get_current_domain_type", metrics)).isEqualTo("hvm");
        calls.ok("VM.set_HVM_boot_policy", vm, "");
        calls.ok("VM.pool_migrate", vm, calls.text("VM.get_resident_on", vm), Map.of("live", "true"));
        calls.ok("VM.suspend", vm);
        calls.ok("VM.resume", vm, false, false);
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
        assertThat(calls.text("VM_metrics.get_current_domain_type", metrics)).isEqualTo("hvm");
        // Its next boot has the new type, for which the VM has no kernel.
        assertThat(calls.error("VM.hard_reboot", vm)).startsWith("INVALID_VALUE", "kernel");
    }
}
