package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.libxl.LibxlHypervisor;

/** The stock libxl keeps the contract. Needs a control domain of Xen, and the test bed's guest. */
class LibxlContractTest
        implements DomainsContract,
                NoDomainContract,
                DevicesContract,
                MemoryAndVcpusContract,
                EventsContract,
                HostContract,
                StatisticsContract,
                GuestStoreContract,
                XenstoreContract {
    private static final Path CAPABILITIES = Path.of("/proc/xen/capabilities");

    private static Machine machine;

    @BeforeAll
    static void open(@TempDir Path folder) throws Exception {
        assumeTrue(
                Files.exists(CAPABILITIES)
                        && new String(Files.readAllBytes(CAPABILITIES), StandardCharsets.UTF_8).contains("control_d"),
                "skipped, as this is no control domain of Xen (packaging/xen-testbed runs this in one)");
        machine = new XenMachine(folder);
    }

    @AfterAll
    static void close() {
        if (machine != null) {
            machine.close();
        }
    }

    @Override
    public Machine machine() {
        return machine;
    }

    @Override
    public Xenstore xenstore() {
        return machine.hypervisor().xenstore();
    }

    @Test
    void aHypervisorThatIsClosedRefusesAllCallsAndHarmsNothing() {
        Hypervisor other = LibxlHypervisor.open(null);
        Subscription watch = other.xenstore().watch("/tool", path -> {});
        other.close();

        assertThat(Contract.errorOf(() -> other.xenstore().read("/tool"))).isEqualTo(LibxlError.FAIL);
        assertThat(Contract.errorOf(() -> other.xenstore().watch("/tool", path -> {})))
                .isEqualTo(LibxlError.FAIL);
        assertThat(Contract.errorOf(() -> other.domains().list())).isEqualTo(LibxlError.FAIL);
        assertThat(Contract.errorOf(() -> other.domains().pause(NOBODY))).isEqualTo(LibxlError.FAIL);
        watch.close();
        other.close();
        assertThat(hypervisor().domains().list()).isNotEmpty();
    }
}
