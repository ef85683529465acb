package org.jxapi.hypervisor.contract;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.Xenstore;

/** The simulator keeps the contract. */
class SimulatorContractTest
        implements DomainsContract,
                NoDomainContract,
                DevicesContract,
                MemoryAndVcpusContract,
                EventsContract,
                HostContract,
                StatisticsContract,
                GuestStoreContract,
                XenstoreContract {
    private static Machine machine;

    @BeforeAll
    static void open(@TempDir Path folder) {
        machine = new SimulatedMachine(folder);
    }

    @AfterAll
    static void close() {
        machine.close();
    }

    @Override
    public Machine machine() {
        return machine;
    }

    @Override
    public Xenstore xenstore() {
        return machine.hypervisor().xenstore();
    }
}
