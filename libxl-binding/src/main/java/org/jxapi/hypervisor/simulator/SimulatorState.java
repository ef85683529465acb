package org.jxapi.hypervisor.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.PciConfig;
import org.jxapi.hypervisor.Xenstore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The simulated machine: its domains, its xenstore and its clock. Real domains survive a kill of the toolstack. So each
 * domain has a file of its own, which is written before a change is acknowledged and read at the next start.
 */
final class SimulatorState implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatorState.class);
    private static final String HOMES = "/local/domain/";

    final SimulatorSettings settings;
    final Faults faults;
    private final Random random;
    /** Whether UUIDs follow from the seed of {@link #random}. */
    private volatile boolean seeded;
    /** Physical interfaces whose cable is out. */
    final Set<String> unplugged = ConcurrentHashMap.newKeySet();

    /** PCI devices that the control domain keeps for guests. */
    final Set<PciConfig> assignable = ConcurrentHashMap.newKeySet();

    final UsbPorts usb = new UsbPorts();
    final Map<Integer, SimulatedDomain> domains = new TreeMap<>();
    final SimulatedXenstore xenstore = new SimulatedXenstore(this::after, this::xenstoreChanged);
    final List<Consumer<HypervisorEvent>> listeners = new CopyOnWriteArrayList<>();
    final List<String> consoleLog = new CopyOnWriteArrayList<>(List.of("(XEN) simulated"));
    private final ScheduledExecutorService clock;
    /** Domains whose part of xenstore has changed since it was written to their files. */
    private final Set<Integer> unsaved = ConcurrentHashMap.newKeySet();

    /** Null when the domains end with the process. */
    private final @Nullable DomainFiles files;
    /** The memory of the control domain, which balloons as guests do. */
    long domainZeroKib;

    private int nextDomid = 1;
    /** Whether work on many domains is under way. */
    private volatile boolean together;

    SimulatorState(SimulatorSettings settings, @Nullable DomainFiles files) {
        this.settings = settings;
        this.files = files;
        this.domainZeroKib = settings.domainZeroKib();
        this.random = settings.seed() == null ? new Random() : new Random(settings.seed());
        this.seeded = settings.seed() != null;
        this.faults = new Faults(random);
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, r -> {
            Thread thread = new Thread(r, "simulator");
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.clock = executor;
        if (files != null) {
            files.load().forEach(this::load);
            domainZeroKib += Math.min(0, freeKib());
        }
    }

    private void load(SimulatedDomain.Saved saved) {
        SimulatedDomain domain = SimulatedDomain.of(saved);
        domains.put(domain.domid, domain);
        nextDomid = Math.max(nextDomid, domain.domid + 1);
        if (saved.home() == null || saved.home().isEmpty()) {
            DomainDirectory.write(xenstore, domain);
        } else {
            xenstore.restore(Xenstore.domainPath(domain.domid), saved.home());
            DomainDirectory.writeVm(xenstore, domain);
            DomainDirectory.writeBackends(xenstore, domain);
        }
    }

    /** Called at the beginning of an operation on a domain; returns the failure that is to kill it midway. */
    Optional<HypervisorException> begin(String operation, int domid) {
        UUID uuid;
        synchronized (this) {
            SimulatedDomain domain = domains.get(domid);
            uuid = domain == null ? null : domain.uuid();
        }
        return faults.begin(operation, uuid);
    }

    /** Makes what is random the same from now on, as a seed of the settings does. */
    void seed(long seed) {
        random.setSeed(seed);
        seeded = true;
    }

    /** A UUID that follows from the seed, if there is one. */
    synchronized UUID newUuid() {
        return seeded ? new UUID(random.nextLong(), random.nextLong()) : UUID.randomUUID();
    }

    synchronized int newDomid() {
        return nextDomid++;
    }

    /** Runs work during which no file of a domain is written; they are written when it ends. */
    void together(Runnable work) {
        together = true;
        try {
            work.run();
        } finally {
            synchronized (this) {
                together = false;
                all().forEach(this::save);
            }
        }
    }

    /** Writes a domain's file, before a change is acknowledged. */
    synchronized void save(SimulatedDomain domain) {
        if (files != null && !together) {
            files.save(domain.saved(xenstore.nodes(Xenstore.domainPath(domain.domid))));
        }
    }

    /** Has the file of the domain written soon whose part of xenstore has changed. */
    private void xenstoreChanged(String path) {
        // At the end of work on many domains, their files get all that has changed meanwhile.
        if (files == null || together || !path.startsWith(HOMES)) {
            return;
        }
        Integer domid = Integer.valueOf(path.substring(HOMES.length()).split("/", 2)[0]);
        if (domid != 0 && unsaved.add(domid)) {
            after(Duration.ZERO, () -> saveHome(domid));
        }
    }

    private synchronized void saveHome(Integer domid) {
        unsaved.remove(domid);
        SimulatedDomain domain = domains.get(domid);
        if (domain != null) {
            save(domain);
        }
    }

    synchronized void remove(SimulatedDomain domain) {
        domains.remove(domain.domid);
        DomainDirectory.remove(xenstore, domain);
        balloon();
        notifyAll();
        if (files != null) {
            files.delete(domain.domid);
        }
    }

    /** Gives a domain the state that it had, whether it is there now or not. */
    synchronized void replace(SimulatedDomain.Saved saved) {
        SimulatedDomain now = domains.remove(saved.domid());
        if (now != null) {
            DomainDirectory.remove(xenstore, now);
        }
        // As it was, and not as if it had run on since.
        load(saved.withoutTime());
        save(domain(saved.domid()));
        notifyAll();
    }

    synchronized SimulatedDomain domain(int domid) {
        SimulatedDomain domain = domains.get(domid);
        if (domain == null) {
            throw new HypervisorException(LibxlError.DOMAIN_NOTFOUND, "there is no domain " + domid);
        }
        return domain;
    }

    synchronized Collection<SimulatedDomain> all() {
        return new ArrayList<>(domains.values());
    }

    synchronized long freeKib() {
        long free = settings.memoryKib() - domainZeroKib;
        for (SimulatedDomain domain : domains.values()) {
            free -= domain.currentKib;
        }
        return free;
    }

    /** Lets all guests that run come as near to their targets as the free memory allows. */
    synchronized void balloon() {
        for (boolean grow : new boolean[] {false, true}) {
            for (SimulatedDomain domain : domains.values()) {
                long wanted = Math.min(domain.targetKib, domain.maxKib) - domain.currentKib;
                if (domain.obeys() && wanted != 0 && wanted > 0 == grow) {
                    domain.currentKib += Math.min(wanted, Math.max(0, freeKib()));
                    save(domain);
                }
            }
        }
    }

    Set<Integer> allCpus() {
        return IntStream.range(0, settings.cpus()).boxed().collect(Collectors.toSet());
    }

    void after(Duration delay, Runnable work) {
        Runnable guarded = () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.debug("A guest's work came too late: {}", e.getMessage());
            }
        };
        if (!clock.isShutdown()) {
            clock.schedule(guarded, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    void tell(HypervisorEvent event) {
        after(Duration.ZERO, () -> {
            for (Consumer<HypervisorEvent> listener : listeners) {
                try {
                    listener.accept(event);
                } catch (RuntimeException e) {
                    LOG.error("Hypervisor events: a listener failed at {}", event, e);
                }
            }
        });
    }

    @Override
    public void close() {
        // Not shutdownNow: it would interrupt a file that is being written.
        clock.shutdown();
        synchronized (this) {
            unsaved.forEach(this::saveHome);
        }
    }
}
