package org.jxapi.hypervisor.simulator;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
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
    static final ObjectMapper JSON = new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    final SimulatorSettings settings;
    final Faults faults = new Faults();
    final SimulatedConsoles consoles = new SimulatedConsoles(this);
    final Map<Integer, SimulatedDomain> domains = new TreeMap<>();
    final SimulatedXenstore xenstore = new SimulatedXenstore(this::after, this::xenstoreChanged);
    final List<Consumer<HypervisorEvent>> listeners = new CopyOnWriteArrayList<>();
    final List<String> consoleLog = new CopyOnWriteArrayList<>(List.of("(XEN) simulated"));
    private final ScheduledExecutorService clock;
    /** Domains whose part of xenstore has changed since it was written to their files. */
    private final Set<Integer> unsaved = ConcurrentHashMap.newKeySet();

    private final Path folder;
    /** The memory of the control domain, which balloons as guests do. */
    long domainZeroKib;

    private int nextDomid = 1;

    SimulatorState(SimulatorSettings settings, Path folder) {
        this.settings = settings;
        this.folder = folder;
        this.domainZeroKib = settings.domainZeroKib();
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, r -> {
            Thread thread = new Thread(r, "simulator");
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.clock = executor;
        if (folder != null) {
            load();
            domainZeroKib += Math.min(0, freeKib());
            new SimulatorOrders(this, folder.resolve("control")).follow();
        }
    }

    private void load() {
        try {
            Files.createDirectories(folder);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
                for (Path file : files) {
                    try {
                        load(JSON.readValue(file.toFile(), SimulatedDomain.Saved.class));
                    } catch (IOException e) {
                        LOG.warn("Simulated domain: lost, because {} cannot be read", file, e);
                    }
                }
            }
        } catch (IOException e) {
            throw new HypervisorException(
                    LibxlError.FAIL, "the simulator cannot use " + folder + ": " + e.getMessage());
        }
    }

    private void load(SimulatedDomain.Saved saved) {
        SimulatedDomain domain = SimulatedDomain.of(saved);
        domains.put(domain.domid, domain);
        nextDomid = Math.max(nextDomid, domain.domid + 1);
        if (saved.home() == null || saved.home().isEmpty()) {
            DomainDirectory.write(this, domain);
        } else {
            xenstore.restore(Xenstore.domainPath(domain.domid), saved.home());
            DomainDirectory.writeVm(this, domain);
            DomainDirectory.writeBackends(this, domain);
        }
        if (domain.runs() && !Guest.talked(this, domain.domid)) {
            Guest.introduce(this, domain);
        }
    }

    synchronized int newDomid() {
        return nextDomid++;
    }

    /** Writes a domain's file; a rename makes it whole or not there at all. */
    void save(SimulatedDomain domain) {
        if (folder == null) {
            return;
        }
        Path file = folder.resolve(domain.domid + ".json");
        Path fresh = folder.resolve(domain.domid + ".new");
        try {
            Files.write(fresh, JSON.writeValueAsBytes(domain.saved(xenstore.nodes(Xenstore.domainPath(domain.domid)))));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new HypervisorException(LibxlError.FAIL, "the simulator cannot write " + file + ": " + e);
        }
    }

    /** Has the file of the domain written soon whose part of xenstore has changed. */
    private void xenstoreChanged(String path) {
        if (folder == null || !path.startsWith(HOMES)) {
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
        consoles.close(domain.domid);
        domains.remove(domain.domid);
        DomainDirectory.remove(this, domain);
        balloon();
        notifyAll();
        if (folder != null) {
            try {
                Files.deleteIfExists(folder.resolve(domain.domid + ".json"));
            } catch (IOException e) {
                LOG.warn("Simulated domain: the file of a destroyed domain cannot be removed", e);
            }
        }
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
        consoles.close();
        // Not shutdownNow: it would interrupt a file that is being written.
        clock.shutdown();
        synchronized (this) {
            unsaved.forEach(this::saveHome);
        }
    }
}
