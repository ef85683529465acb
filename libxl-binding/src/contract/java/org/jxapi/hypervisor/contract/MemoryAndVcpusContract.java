package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Memory;
import org.jxapi.hypervisor.VcpuInfo;
import org.jxapi.hypervisor.Vcpus;

/** The memory and the CPUs of guests. */
interface MemoryAndVcpusContract extends Contract {
    long MIB = 1024;
    long SIZE = 128 * MIB;

    default Memory memory() {
        return hypervisor().memory();
    }

    default Vcpus vcpus() {
        return hypervisor().vcpus();
    }

    @Test
    default void aGuestBalloonsToItsTarget() {
        int domid = boot("balloon");
        assertThat(memory().target(domid)).isEqualTo(SIZE);

        memory().setTarget(domid, 112 * MIB, false, false);

        assertThat(memory().target(domid)).isEqualTo(112 * MIB);
        // some pages of a guest's are not its balloon's to give
        eventually(
                "it has given memory", () -> hypervisor().domains().info(domid).currentMemkb() < 114 * MIB);

        memory().setTarget(domid, 8 * MIB, true, false);
        assertThat(memory().target(domid)).isEqualTo(120 * MIB);
    }

    @Test
    default void aGuestThatDoesNotRunKeepsItsMemory() {
        int domid = create("still");
        long before = hypervisor().domains().info(domid).currentMemkb();

        memory().setTarget(domid, 112 * MIB, false, false);

        assertThat(memory().target(domid)).isEqualTo(112 * MIB);
        assertThat(hypervisor().domains().info(domid).currentMemkb()).isEqualTo(before);
        assertThat(memory().waitForTarget(domid, 0)).isFalse();
    }

    @Test
    default void aTargetIsAtMostTheMaximumAndTheMaximumAtLeastTheTarget() {
        int domid = create("limits");

        assertThat(Contract.errorOf(() -> memory().setTarget(domid, 2 * SIZE, false, false)))
                .isEqualTo(LibxlError.INVAL);
        assertThat(Contract.errorOf(() -> memory().setMax(domid, SIZE / 2))).isEqualTo(LibxlError.FAIL);
        assertThat(memory().target(domid)).isEqualTo(SIZE);

        memory().setMax(domid, 2 * SIZE);
        assertThat(hypervisor().domains().info(domid).maxMemkb()).isBetween(2 * SIZE, 2 * SIZE + 8 * MIB);
    }

    @Test
    default void aDomainTakesFromTheFreeMemoryAndGivesItBack() {
        assertThat(memory().target(Hypervisor.DOM0)).isPositive();
        assertThat(Contract.errorOf(() -> memory().setTarget(Hypervisor.DOM0, 1024, false, false)))
                .isEqualTo(LibxlError.INVAL);
        eventually(
                "none is dying",
                () -> living().size() == hypervisor().domains().list().size());
        long before = memory().free();
        assertThat(before).isPositive();
        assertThat(memory().needed(machine().guest(NAME + "needed"))).isBetween(SIZE, 2 * SIZE);

        int domid = create("memory");
        assertThat(memory().free()).isLessThanOrEqualTo(before - SIZE);

        hypervisor().domains().destroy(domid);
        eventually("the memory is free again", () -> memory().free() > before - SIZE / 2);
        assertThat(memory().waitForFree(1, 0)).isTrue();
        assertThat(memory().waitForFree(Long.MAX_VALUE, 0)).isFalse();
    }

    private Set<Integer> online(int domid) {
        return vcpus().list(domid).stream()
                .filter(VcpuInfo::online)
                .map(VcpuInfo::vcpuid)
                .collect(Collectors.toSet());
    }

    @Test
    default void theGuestTakesItsVirtualCpusOfflineAndOnlineAfterItIsAsked() {
        int domid = boot("vcpus");
        eventually("all are online", () -> online(domid).equals(Set.of(0, 1)));

        vcpus().setOnline(domid, Set.of(0));
        eventually("one is online", () -> online(domid).equals(Set.of(0)));
        assertThat(hypervisor().domains().info(domid).vcpuOnline()).isEqualTo(1);
        assertThat(vcpus().list(domid)).extracting(VcpuInfo::vcpuid).containsExactly(0, 1);

        vcpus().setOnline(domid, Set.of(0, 1));
        eventually("all are online again", () -> online(domid).equals(Set.of(0, 1)));
        assertThat(vcpus().list(domid)).allSatisfy(vcpu -> {
            assertThat(vcpu.cpumap()).isNotEmpty();
            assertThat(vcpu.vcpuTime()).isNotNegative();
        });
    }

    @Test
    default void beforeTheGuestRunsOnlyItsFirstVirtualCpuIsOnlineWhateverItIsAsked() {
        int domid = create("asleep");
        assertThat(online(domid)).containsExactly(0);

        vcpus().setOnline(domid, Set.of(0));

        assertThat(online(domid)).containsExactly(0);
        assertThat(availability(domid, 0)).hasValue("online");
        assertThat(availability(domid, 1)).hasValue("offline");
    }

    private Optional<String> availability(int domid, int vcpu) {
        return hypervisor().xenstore().read("/local/domain/" + domid + "/cpu/" + vcpu + "/availability");
    }

    @Test
    default void aDomainHasOneVirtualCpuOnlineAndAtMostAllOfThem() {
        int domid = create("count");

        assertThat(Contract.errorOf(() -> vcpus().setOnline(domid, Set.of()))).isEqualTo(LibxlError.FAIL);
        assertThat(Contract.errorOf(() -> vcpus().setOnline(domid, Set.of(0, 1, 2))))
                .isEqualTo(LibxlError.FAIL);
    }

    @Test
    default void aVirtualCpuRunsWhereItIsPinned() {
        int domid = create("pinned");

        vcpus().setAffinity(domid, 1, Set.of(0), null);

        assertThat(vcpus().list(domid).get(1).cpumap()).containsExactly(0);
        assertThat(vcpus().nodeAffinity(domid)).isNotEmpty();
    }
}
