package org.jxapi.hypervisor.contract;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.agent.AgentPair;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.hypervisor.Xenstore;

/** The simulator keeps the contract through an agent too. */
class RemoteContractTest
        implements DomainsContract,
                NoDomainContract,
                DevicesContract,
                MemoryAndVcpusContract,
                EventsContract,
                HostContract,
                StatisticsContract,
                GuestStoreContract,
                XenstoreContract {
    private static RemoteMachine machine;

    /** The guests and devices of a simulated machine, which an agent drives. */
    private record RemoteMachine(SimulatedMachine simulated, AgentPair agent) implements Machine {
        @Override
        public Hypervisor hypervisor() {
            return agent.remote();
        }

        @Override
        public DomainConfig guest(String name) {
            return simulated.guest(name);
        }

        @Override
        public DiskConfig disk(String vdev) {
            return simulated.disk(vdev);
        }

        @Override
        public NicConfig nic() {
            return simulated.nic();
        }

        @Override
        public boolean listens(int domid) {
            return simulated.listens(domid);
        }

        @Override
        public int runUntil(String name, ShutdownReason end) {
            return simulated.runUntil(name, end);
        }

        @Override
        public Duration patience() {
            return simulated.patience();
        }

        @Override
        public void close() {
            agent.close();
            simulated.close();
        }
    }

    @BeforeAll
    static void open(@TempDir Path folder) throws Exception {
        SimulatedMachine simulated = new SimulatedMachine(folder);
        machine = new RemoteMachine(simulated, new AgentPair(simulated.hypervisor(), folder));
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
