package org.jxapi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;

class WorldBuilderTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onWorld("""
            vms:
              - {name: twin, running: true, disks: [{sr: Local storage, size: 1M}]}
              - {name: twin, running: true, disks: [{sr: Local storage, size: 1M}]}
            """);

    private static final Calls calls = daemon.calls();

    @Test
    void vmsThatAreDescribedAlikeHaveDisksAndDomainsOfTheirOwn() throws Exception {
        List<String> twins = calls.list("VM.get_by_name_label", "twin");
        assertThat(twins).hasSize(2);
        String first = twins.get(0);
        String second = twins.get(1);
        assertThat(disk(first)).isNotEqualTo(disk(second));
        for (String twin : twins) {
            assertThat(calls.text("VM.get_power_state", twin)).isEqualTo("Running");
        }
        assertThat(calls.text("VM.get_domid", first)).isNotEqualTo(calls.text("VM.get_domid", second));
    }

    private static String disk(String vm) throws Exception {
        return calls.text("VBD.get_VDI", calls.list("VM.get_VBDs", vm).get(0));
    }
}
