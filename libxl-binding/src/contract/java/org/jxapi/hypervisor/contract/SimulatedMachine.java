package org.jxapi.hypervisor.contract;

import java.nio.file.Path;
import java.time.Duration;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;

/** The simulator, with guests that do at once what they are asked. */
final class SimulatedMachine implements Machine {
    private final SimulatedHypervisor hypervisor = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
    private final Guests guests;

    SimulatedMachine(Path folder) {
        guests = new Guests(folder, "/boot/vmlinuz", "/boot/initrd", "xenbr0");
    }

    @Override
    public SimulatedHypervisor hypervisor() {
        return hypervisor;
    }

    @Override
    public DomainConfig guest(String name) {
        return guests.guest(name, "");
    }

    @Override
    public DiskConfig disk(String vdev) {
        return guests.disk(vdev);
    }

    @Override
    public NicConfig nic() {
        return guests.nic();
    }

    @Override
    public boolean listens(int domid) {
        return hypervisor
                .xenstore()
                .read("/local/domain/" + domid + "/data/updated")
                .isPresent();
    }

    @Override
    public int runUntil(String name, ShutdownReason end) {
        int domid = hypervisor.domains().create(guest(name), false);
        if (end == ShutdownReason.CRASH) {
            hypervisor.guest(domid).crash();
        } else {
            hypervisor.guest(domid).powerOff();
        }
        return domid;
    }

    @Override
    public Duration patience() {
        return Duration.ofSeconds(20);
    }

    @Override
    public void close() {
        hypervisor.close();
    }
}
