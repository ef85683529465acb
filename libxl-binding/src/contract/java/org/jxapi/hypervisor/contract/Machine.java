package org.jxapi.hypervisor.contract;

import java.time.Duration;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.ShutdownReason;

/** A machine to try the contract on: a hypervisor, and guests that run on it. */
interface Machine extends AutoCloseable {
    Hypervisor hypervisor();

    /** Returns a small PV Linux guest without devices, of 128 MiB and two virtual CPUs. */
    DomainConfig guest(String name);

    /** Returns a writable disk on a file of its own. */
    DiskConfig disk(String vdev);

    /** Returns a nic on a bridge that is there. */
    NicConfig nic();

    /** Whether the guest has booted so far that it listens to requests. */
    boolean listens(int domid);

    /** Starts a guest that ends by itself soon, in that way: {@code POWEROFF} or {@code CRASH}. */
    int runUntil(String name, ShutdownReason end);

    /** How long something may take that takes a guest seconds. */
    Duration patience();

    @Override
    void close();
}
