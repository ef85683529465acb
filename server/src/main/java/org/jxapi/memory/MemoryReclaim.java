package org.jxapi.memory;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.local.Hosts;
import org.jxapi.memory.Balloons.Balloon;
import org.jxapi.store.Store;
import org.jxapi.xenapi.VM;

/**
 * Frees memory for domains that are about to be built, by asking other guests to balloon down to their
 * memory_dynamic_min at most. It reserves the memory for that domain.
 */
public final class MemoryReclaim {
    private static final int WAIT_SECONDS = 5;
    /** How often guests are asked, each time without those that have not moved. */
    private static final int ROUNDS = 6;
    /** Memory that stays free, as with squeezed: Xen needs some for itself. */
    private static final long KEPT_FREE_KIB = 16 * 1024;

    private final Hypervisor hypervisor;
    private final Balloons balloons;
    private final BalloonWatch stuckness = new BalloonWatch();
    /** KiB that domains need that are being built. */
    private final Map<UUID, Long> building = new HashMap<>();

    private volatile Runnable whenBuilt = () -> {};

    /** @param hypervisor of the host */
    public MemoryReclaim(Store store, Hosts hosts, Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
        this.balloons = new Balloons(store, hosts, hypervisor);
    }

    Balloons balloons() {
        return balloons;
    }

    /** Calls that each time a domain has been built, or has failed to be. */
    public void whenBuilt(Runnable work) {
        whenBuilt = work;
    }

    /** A part of the host's memory that is kept for one domain while that is built. */
    public final class Reservation implements AutoCloseable {
        private final UUID uuid;
        private final long kib;

        private Reservation(UUID uuid, long kib) {
            this.uuid = uuid;
            this.kib = kib;
        }

        /** How much memory the domain gets, in KiB. */
        public long kib() {
            return kib;
        }

        @Override
        public void close() {
            forget(uuid);
        }
    }

    /**
     * Makes room for a VM's domain: for its memory_dynamic_max if the host has that, less if others cannot give so much;
     * never for less than its memory_dynamic_min, which may then not fit.
     */
    public Reservation room(Row<VM> vm) {
        UUID uuid = UUID.fromString(vm.get(VM.UUID));
        long overhead = vm.get(VM.MEMORY_OVERHEAD) / 1024;
        long min = vm.get(VM.MEMORY_DYNAMIC_MIN) / 1024;
        long max = vm.get(VM.MEMORY_DYNAMIC_MAX) / 1024;
        try {
            keep(uuid, min + overhead);
            BalloonWatch seen = new BalloonWatch();
            for (int round = 0; round < ROUNDS; round++) {
                long missing = take(uuid, min + overhead, seen);
                if (missing <= 0) {
                    break;
                }
                hypervisor.memory().waitForFree(hypervisor.memory().free() + missing, WAIT_SECONDS);
            }
            synchronized (this) {
                long kib = Math.max(min, Math.min(max, unclaimed(uuid) - overhead));
                keep(uuid, kib + overhead);
                return new Reservation(uuid, kib);
            }
        } catch (RuntimeException | Error e) {
            forget(uuid);
            throw e;
        }
    }

    private synchronized void keep(UUID uuid, long kib) {
        building.put(uuid, kib);
    }

    private void forget(UUID uuid) {
        synchronized (this) {
            building.remove(uuid);
        }
        whenBuilt.run();
    }

    /**
     * Asks for what is missing, as far as guests can give that.
     *
     * @return the KiB that have to become free yet; 0 when there is nothing to wait for
     */
    private synchronized long take(UUID uuid, long kib, BalloonWatch seen) {
        List<Balloon> all = balloons.all();
        seen.look(all, System.nanoTime());
        List<Balloon> guests =
                all.stream().filter(guest -> !seen.isStuck(guest)).toList();
        long unclaimed = unclaimed(uuid);
        long coming = guests.stream()
                .mapToLong(guest -> Math.max(0, guest.actual() - guest.target()))
                .sum();
        Map<Balloon, Long> asked = Map.of();
        if (unclaimed + coming < kib) {
            asked = MemoryShares.without(guests, kib - unclaimed - coming);
            asked.forEach(balloons::ask);
        }
        return asked.isEmpty() && coming == 0 ? 0 : kib - unclaimed;
    }

    /** KiB that are free and that nobody has been promised. */
    public synchronized long unclaimed() {
        return unclaimed(null);
    }

    /**
     * KiB that are free, without what guests have been told to take, and without what other domains need that are being
     * built.
     *
     * @param uuid the domain that asks; null for none
     */
    private long unclaimed(@Nullable UUID uuid) {
        long free = hypervisor.memory().free();
        for (Balloon guest : balloons.all()) {
            free -= guest.promised();
        }
        for (Map.Entry<UUID, Long> other : building.entrySet()) {
            if (!other.getKey().equals(uuid)) {
                free -= Math.max(0, other.getValue() - allocated(other.getKey()));
            }
        }
        return free;
    }

    /** The memory that a domain under construction has already. */
    private long allocated(UUID uuid) {
        return hypervisor
                .domains()
                .findByUuid(uuid)
                .map(DomainInfo::currentMemkb)
                .orElse(0L);
    }

    /**
     * Has all guests share what there is, as they should; does nothing while a domain is built.
     *
     * @return whether there is more to do: a guest is on its way to its target, or was asked something now
     */
    public synchronized boolean balance() {
        if (!building.isEmpty()) {
            return false;
        }
        List<Balloon> guests = balloons.all();
        stuckness.look(guests, System.nanoTime());
        if (guests.stream().anyMatch(stuckness::moves)) {
            return true;
        }
        Map<Integer, Long> shares = shares(guests);
        List<Balloon> wrong = guests.stream()
                .filter(guest -> Math.abs(share(shares, guest) - guest.target()) > Balloons.TOLERANCE_KIB)
                .toList();
        // First those give that have too much: what they give is free only when they have done so.
        boolean giving = wrong.stream().anyMatch(guest -> share(shares, guest) < guest.target());
        wrong.stream()
                .filter(guest -> share(shares, guest) < guest.target() == giving)
                .forEach(guest -> balloons.ask(guest, share(shares, guest)));
        return !wrong.isEmpty();
    }

    /** The guest's share, or its target if it has none. */
    private static long share(Map<Integer, Long> shares, Balloon guest) {
        return shares.getOrDefault(guest.domid(), guest.target());
    }

    /** The share of each guest, by domain, without guests that do not give the memory that they were asked for. */
    private Map<Integer, Long> shares(List<Balloon> guests) {
        long free = hypervisor.memory().free() - KEPT_FREE_KIB;
        List<Balloon> held = guests.stream()
                .map(guest -> guest.settled() ? guest : guest.holding())
                .toList();
        Map<Balloon, Long> shares = MemoryShares.of(held, free);
        List<Balloon> obeying = held.stream()
                .filter(guest -> !stuckness.isStuck(guest) || shares.getOrDefault(guest, 0L) >= guest.target())
                .toList();
        Map<Integer, Long> byDomain = new HashMap<>();
        MemoryShares.of(obeying, free).forEach((guest, kib) -> byDomain.put(guest.domid(), kib));
        return byDomain;
    }
}
