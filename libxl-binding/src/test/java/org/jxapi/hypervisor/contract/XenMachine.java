package org.jxapi.hypervisor.contract;

import java.nio.file.Path;
import java.time.Duration;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.hypervisor.libxl.LibxlHypervisor;

/**
 * The Xen of this machine, with the test bed's guest: it does what its kernel arguments say, and counts its seconds in
 * xenstore once it listens.
 */
final class XenMachine implements Machine {
    private final Hypervisor hypervisor = LibxlHypervisor.open(null);
    private final Guests guests;

    XenMachine(Path folder) {
        guests = new Guests(
                folder,
                System.getProperty("jxapi.contract.kernel", "/boot/guest/vmlinux"),
                System.getProperty("jxapi.contract.ramdisk", "/boot/guest/initramfs"),
                System.getProperty("jxapi.contract.bridge", "xenbr0"));
    }

    @Override
    public Hypervisor hypervisor() {
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
                .read("/local/domain/" + domid + "/data/tick")
                .isPresent();
    }

    @Override
    public int runUntil(String name, ShutdownReason end) {
        String command = end == ShutdownReason.CRASH ? "do=panic" : "do=poweroff";
        return hypervisor.domains().create(guests.guest(name, command), false);
    }

    /** Long enough for an emulated processor. */
    @Override
    public Duration patience() {
        return Duration.ofMinutes(3);
    }

    @Override
    public void close() {
        hypervisor.close();
    }
}
