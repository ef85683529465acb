package org.jxapi.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.jxapi.vm.SimulatedHost.GIB;
import static org.jxapi.vm.SimulatedHost.MIB;

import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.vm.SimulatedHost;
import org.jxapi.xenapi.VM;

/** Guests share the host's memory as in XAPI's squeezed (squeeze.ml, squeeze_xen.ml). */
class MemoryBalanceTest {
    @TempDir
    Path folder;

    private SimulatedHost host;

    @BeforeEach
    void open() {
        host = new SimulatedHost(folder);
        host.balance.start();
    }

    @AfterEach
    void close() {
        host.close();
    }

    private long has(Ref<VM> vm) {
        return host.xen.domains().info(host.domid(vm)).currentMemkb() * 1024;
    }

    private void awaitHas(Ref<VM> vm, long bytes) {
        SimulatedHost.await(
                host.get(vm, VM.NAME_LABEL) + " has " + bytes,
                () -> has(vm) == bytes && host.get(vm, VM.MEMORY_TARGET) == bytes);
    }

    @Test
    void aGuestGetsBackWhatItGaveForAnother() {
        Ref<VM> a = host.start(host.vm("a", 2, 45));
        awaitHas(a, 45 * GIB);

        Ref<VM> b = host.start(host.vm("b", 30, 30));

        assertThat(has(b)).isEqualTo(30 * GIB);
        assertThat(has(a)).isBetween(29 * GIB, 30 * GIB);
        assertThat(host.get(a, VM.MEMORY_TARGET)).isBetween(29 * GIB, 30 * GIB);
        host.lifecycle.hardShutdown(host.call(), b);
        awaitHas(a, 45 * GIB);
    }

    @Test
    void aGuestGetsWhatAnotherIsAllowedNoLongerOrTakesWithItWhenItIsSuspended() {
        Ref<VM> a = host.start(host.vm("a", 2, 45));
        Ref<VM> b = host.start(host.vm(
                "b",
                row -> row.with(VM.MEMORY_STATIC_MAX, 30 * GIB)
                        .with(VM.MEMORY_DYNAMIC_MAX, 30 * GIB)
                        .with(VM.MEMORY_DYNAMIC_MIN, 30 * GIB)));
        assertThat(has(a)).isLessThan(30 * GIB);

        host.memory.dynamicRange(host.call(), b, 20 * GIB, 20 * GIB);
        SimulatedHost.await("a has more", () -> has(a) > 39 * GIB);

        host.suspension.suspend(host.call(), b);
        awaitHas(a, 45 * GIB);
    }

    @Test
    void guestsShareInProportionToTheirRangesAndThenStandStill() {
        Ref<VM> small = host.start(host.vm("small", 2, 22));
        Ref<VM> large = host.start(host.vm("large", 2, 42));
        Ref<VM> fixed = host.start(host.vm("fixed", 20, 20));

        SimulatedHost.await("they share", () -> Math.abs(part(small, 20) - part(large, 40)) < 0.01);
        awaitStill();
        assertThat(part(small, 20)).isCloseTo(0.59, within(0.02));
        assertThat(has(fixed)).isEqualTo(20 * GIB);
        assertThat(host.xen.memory().free() * 1024).isBetween(0L, GIB);

        host.lifecycle.hardShutdown(host.call(), fixed);
        SimulatedHost.await("they have more", () -> part(small, 20) > 0.9 && part(large, 40) > 0.9);
        awaitStill();
        assertThat(part(small, 20)).isCloseTo(part(large, 40), within(0.01));
    }

    /** Its memory above its memory_dynamic_min, as a fraction of its range. */
    private double part(Ref<VM> vm, long rangeGib) {
        return (double) (has(vm) - 2 * GIB) / (rangeGib * GIB);
    }

    private void awaitStill() {
        SimulatedHost.await("there is no more to do", () -> !host.reclaim.balance());
        for (int i = 0; i < 10; i++) {
            assertThat(host.reclaim.balance()).isFalse();
        }
    }

    @Test
    void aGuestWithoutABalloonDriverIsNotCountedOn() {
        Ref<VM> a = host.start(host.vm("a", 2, 45));
        host.xen.guest(host.domid(a)).tell(Collections.singletonMap("control/feature-balloon", null));
        Ref<VM> b = host.vm("b", 30, 30);

        assertThatThrownBy(() -> host.start(b))
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo("HOST_NOT_ENOUGH_FREE_MEMORY"));

        assertThat(host.xen.memory().target(host.domid(a)) * 1024).isEqualTo(45 * GIB);
    }

    @Test
    void whatAGuestThatHangsDoesNotGiveAnotherGives() {
        Ref<VM> hung = host.start(host.vm("hung", 2, 20));
        Ref<VM> good = host.start(host.vm("good", 2, 38));
        host.xen.guest(host.domid(hung)).hang();

        Ref<VM> b = host.start(host.vm("b", 20, 20));

        assertThat(has(b)).isEqualTo(20 * GIB);
        assertThat(has(hung)).isEqualTo(20 * GIB);
        assertThat(has(good)).isLessThan(21 * GIB);
    }

    @Test
    void aGuestNeverGetsMoreThanItsMaximumNorLessThanItsMinimum() {
        Ref<VM> a = host.start(host.vm("a", 2, 3));
        Ref<VM> b = host.start(host.vm("b", 10, 54));
        awaitStill();
        assertThat(has(a)).isEqualTo(3 * GIB);
        assertThat(has(b)).isEqualTo(54 * GIB);

        host.start(host.vm("c", 46, 46));
        awaitStill();
        assertThat(has(a)).isBetween(2 * GIB, 3 * GIB - MIB);
        assertThat(has(b)).isBetween(10 * GIB, 13 * GIB);
    }
}
