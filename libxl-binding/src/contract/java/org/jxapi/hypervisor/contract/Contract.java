package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/** The parts that all contracts share. */
interface Contract {
    /** The names of all domains that the contract makes start so. */
    String NAME = "contract-";

    /** A domain number that no domain has. */
    int NOBODY = 32_000;

    Machine machine();

    default Hypervisor hypervisor() {
        return machine().hypervisor();
    }

    @AfterEach
    default void destroyDomains() {
        for (DomainInfo domain : hypervisor().domains().list()) {
            try {
                if (hypervisor().domains().name(domain.domid()).startsWith(NAME)) {
                    hypervisor().domains().destroy(domain.domid());
                }
            } catch (HypervisorException e) {
                assertThat(e.error()).isIn(LibxlError.DOMAIN_NOTFOUND, LibxlError.NOTFOUND);
            }
        }
    }

    /** Creates a domain, which is paused then. */
    default int create(String name) {
        return hypervisor().domains().create(machine().guest(NAME + name));
    }

    /** Returns the domains that are not on their way out; those may be seen a while. */
    default List<DomainInfo> living() {
        return hypervisor().domains().list().stream()
                .filter(domain -> !domain.dying())
                .toList();
    }

    /** Lets a guest run and waits until it listens to requests. */
    default int boot(DomainConfig config) {
        int domid = hypervisor().domains().create(config, false);
        eventually("the guest listens", () -> machine().listens(domid));
        return domid;
    }

    default int boot(String name) {
        return boot(machine().guest(NAME + name));
    }

    default void eventually(String what, BooleanSupplier condition) {
        await(machine().patience(), what, condition);
    }

    /** Waits until something is so. */
    static void await(Duration patience, String what, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within " + patience + ": " + what).isLessThan(end);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Returns which libxl error a call fails with; null when it does not fail. */
    static LibxlError errorOf(ThrowingCallable call) {
        HypervisorException failure = catchThrowableOfType(HypervisorException.class, call);
        return failure == null ? null : failure.error();
    }
}
