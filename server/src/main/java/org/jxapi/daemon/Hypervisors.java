package org.jxapi.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;

/** Chooses what the daemon drives. */
final class Hypervisors {
    private static final Path XEN = Path.of("/proc/xen/capabilities");

    private Hypervisors() {}

    static Hypervisor open(Settings settings) throws IOException {
        boolean xen = Files.exists(XEN);
        if (settings.hypervisor() == Settings.HypervisorChoice.LIBXL) {
            throw new IOException("driving a real Xen is not possible yet: only --hypervisor simulator is");
        }
        if (xen && settings.hypervisor() == Settings.HypervisorChoice.AUTO) {
            throw new IOException(
                    "this host runs Xen, which this version cannot drive yet; use --hypervisor simulator to try it");
        }
        return SimulatedHypervisor.open(
                settings.dataDir().resolve("simulator"),
                settings.simulatorDelays() ? SimulatorSettings.LIFELIKE : SimulatorSettings.INSTANT);
    }
}
