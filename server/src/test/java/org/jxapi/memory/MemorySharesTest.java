package org.jxapi.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.jxapi.memory.Balloons.Balloon;
import org.jxapi.xenapi.VM;

/** XAPI's squeeze.ml: Proportional, and Stuckness_monitor. */
class MemorySharesTest {
    private static final long GIB = 1 << 20;

    private static Balloon guest(int domid, long min, long max, long target, long actual) {
        return new Balloon(VM.XEN_CLASS.ref("vm-" + domid), domid, min, max, target, actual);
    }

    @Provide
    Arbitrary<List<Balloon>> guests() {
        Arbitrary<Long> kib = Arbitraries.longs().between(0, 64 * GIB);
        return Combinators.combine(Arbitraries.integers(), kib, kib, kib)
                .as((domid, one, two, at) -> {
                    long min = Math.min(one, two);
                    long max = Math.max(one, two);
                    long target = min + (max == min ? 0 : at % (max - min + 1));
                    return guest(domid, min, max, target, target);
                })
                .list()
                .uniqueElements(Balloon::domid)
                .ofMaxSize(8);
    }

    @Property
    void sharesLieWithinTheLimitsAndAreNoMoreThanThereIs(
            @ForAll("guests") List<Balloon> guests, @ForAll @LongRange(min = -GIB, max = 64 * GIB) long free) {
        Map<Balloon, Long> shares = MemoryShares.of(guests, free);

        long more = 0;
        long given = 0;
        for (Balloon guest : guests) {
            assertThat(shares.get(guest)).isBetween(guest.min(), guest.max());
            more += shares.get(guest) - guest.target();
            given += guest.slack();
        }
        assertThat(more).isLessThanOrEqualTo(Math.max(free, -given));
    }

    @Property
    void whoHasItsShareKeepsIt(
            @ForAll("guests") List<Balloon> guests, @ForAll @LongRange(min = 0, max = 64 * GIB) long free) {
        Map<Balloon, Long> shares = MemoryShares.of(guests, free);
        long left = free;
        for (Balloon guest : guests) {
            left -= shares.get(guest) - guest.target();
        }
        List<Balloon> after = guests.stream()
                .map(g -> guest(g.domid(), g.min(), g.max(), shares.get(g), shares.get(g)))
                .toList();

        MemoryShares.of(after, left)
                .forEach((guest, share) ->
                        assertThat(Math.abs(share - guest.target())).isLessThanOrEqualTo(Balloons.TOLERANCE_KIB));
    }

    @Property
    void whatIsTakenIsAsMuchAsIsMissingAndLeavesTheMinimum(
            @ForAll("guests") List<Balloon> guests, @ForAll @LongRange(min = 1, max = 64 * GIB) long kib) {
        Map<Balloon, Long> shares = MemoryShares.without(guests, kib);

        long all = guests.stream().mapToLong(Balloon::slack).sum();
        long taken = shares.entrySet().stream()
                .mapToLong(share -> share.getKey().target() - share.getValue())
                .sum();
        assertThat(taken).isEqualTo(all < kib ? 0 : taken).isGreaterThanOrEqualTo(all < kib ? 0 : kib);
        shares.forEach((guest, share) -> assertThat(share).isBetween(guest.min(), guest.target()));
    }

    @Test
    void aGuestIsStuckWhenItHasNotMovedForFiveSeconds() {
        BalloonWatch stuckness = new BalloonWatch();
        long start = 0;
        stuckness.look(List.of(guest(1, 0, 9 * GIB, 2 * GIB, 4 * GIB)), start);
        stuckness.look(List.of(guest(1, 0, 9 * GIB, 2 * GIB, 3 * GIB)), start + seconds(4));
        Balloon slow = guest(1, 0, 9 * GIB, 2 * GIB, 3 * GIB);
        stuckness.look(List.of(slow), start + seconds(8));
        assertThat(stuckness.isStuck(slow)).isFalse();
        assertThat(stuckness.moves(slow)).isTrue();

        stuckness.look(List.of(slow), start + seconds(10));

        assertThat(stuckness.isStuck(slow)).isTrue();
        assertThat(stuckness.moves(slow)).isFalse();
        stuckness.look(List.of(guest(1, 0, 9 * GIB, 2 * GIB, 2 * GIB + 512)), start + seconds(11));
        assertThat(stuckness.isStuck(slow)).isFalse();
        stuckness.look(List.of(), start + seconds(12));
        assertThat(stuckness.isStuck(slow)).isFalse();
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
