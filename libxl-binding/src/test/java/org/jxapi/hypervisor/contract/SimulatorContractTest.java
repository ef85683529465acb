package org.jxapi.hypervisor.contract;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The simulator keeps the contract. */
class SimulatorContractTest
        implements DomainsContract,
                NoDomainContract,
                DevicesContract,
                MemoryAndVcpusContract,
                EventsContract,
                HostContract {
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
}
