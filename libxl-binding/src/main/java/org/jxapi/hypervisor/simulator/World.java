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
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The simulated machine: its domains, its xenstore and its clock. Real domains live on when the toolstack is killed, so
 * each domain stands in a file of its own that is written before a change is acknowledged and read at the next start.
 */
final class World implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(World.class);
    static final ObjectMapper JSON = new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    final SimulatorSettings settings;
    final Faults faults = new Faults();
    final SimulatedConsoles consoles = new SimulatedConsoles(this);
    final Map<Integer, SimulatedDomain> domains = new TreeMap<>();
    final ConcurrentSkipListMap<String, String> xenstore = new ConcurrentSkipListMap<>();
    final List<Consumer<HypervisorEvent>> listeners = new CopyOnWriteArrayList<>();
    final List<String> consoleLog = new CopyOnWriteArrayList<>(List.of("(XEN) simulated"));
    final List<XenstoreWatch> watches = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock;
    private final Path folder;
    private int nextDomid = 1;

    /** A watch of a path and of all below it. */
    record XenstoreWatch(String path, Consumer<String> listener) {}

    World(SimulatorSettings settings, Path folder) {
        this.settings = settings;
        this.folder = folder;
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, r -> {
            Thread thread = new Thread(r, "simulator");
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.clock = executor;
        if (folder != null) {
            load();
            new Control(this, folder.resolve("control")).follow();
        }
    }

    private void load() {
        try {
            Files.createDirectories(folder);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
                for (Path file : files) {
                    try {
                        SimulatedDomain domain =
                                SimulatedDomain.of(JSON.readValue(file.toFile(), SimulatedDomain.Saved.class));
                        domains.put(domain.domid, domain);
                        nextDomid = Math.max(nextDomid, domain.domid + 1);
                        if (domain.runs()) {
                            Guest.introduce(this, domain);
                        }
                    } catch (IOException e) {
                        LOG.warn("A simulated domain is lost: {} cannot be read", file, e);
                    }
                }
            }
        } catch (IOException e) {
            throw new HypervisorException(
                    LibxlError.FAIL, "the simulator cannot use " + folder + ": " + e.getMessage());
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
            Files.write(fresh, JSON.writeValueAsBytes(domain.saved()));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new HypervisorException(LibxlError.FAIL, "the simulator cannot write " + file + ": " + e);
        }
    }

    synchronized void remove(SimulatedDomain domain) {
        consoles.close(domain.domid);
        domains.remove(domain.domid);
        String path = "/local/domain/" + domain.domid;
        xenstore.subMap(path, path + "0").clear();
        if (folder != null) {
            try {
                Files.deleteIfExists(folder.resolve(domain.domid + ".json"));
            } catch (IOException e) {
                LOG.warn("A destroyed domain's file stays behind", e);
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
        long free = settings.memoryKib() - settings.domainZeroKib();
        for (SimulatedDomain domain : domains.values()) {
            free -= domain.currentKib;
        }
        return free;
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
        after(Duration.ZERO, () -> listeners.forEach(l -> l.accept(event)));
    }

    void write(String path, String value) {
        xenstore.put(path, value);
        fire(path);
    }

    /** Tells the watches of a path and of those above it. */
    void fire(String path) {
        for (XenstoreWatch watch : watches) {
            if (path.equals(watch.path()) || path.startsWith(watch.path() + "/")) {
                after(Duration.ZERO, () -> watch.listener().accept(path));
            }
        }
    }

    @Override
    public void close() {
        consoles.close();
        clock.shutdownNow();
    }
}
