package org.jxapi.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.jxapi.directory.Directory;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.http.SimulatorHandler;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.local.Hosts;
import org.jxapi.simulator.ApiFaults;
import org.jxapi.simulator.Gate;
import org.jxapi.simulator.SimulatedClock;
import org.jxapi.simulator.SimulatorControl;
import org.jxapi.simulator.SimulatorToken;
import org.jxapi.simulator.StorageFaults;
import org.jxapi.simulator.World;
import org.jxapi.simulator.WorldBuilder;
import org.jxapi.simulator.WorldException;
import org.jxapi.store.Store;
import org.jxapi.volume.Reach;

/** The orders, faults and snapshots of a simulated machine; of a real one there is nothing. */
final class SimulatorModule {
    /** The folders and files of a data folder that belong to the simulated world. */
    private static final List<String> FILES = List.of("storage", "iso", "sr", "blobs");

    private final Hosts hosts;
    private final @Nullable SimulatedHypervisor machine;
    private final Settings settings;
    private final Store store;
    private final Random random;
    private final SimulatedClock clock = new SimulatedClock();
    private final StorageFaults storage;
    private @Nullable ApiFaults api;
    private @Nullable Gate gate;
    private @Nullable World world;
    private @Nullable WorldBuilder builder;
    private SimulatedUsers users = new SimulatedUsers(Map.of());

    SimulatorModule(Hosts hosts, Store store, Settings settings) {
        this.hosts = hosts;
        this.machine = hosts.own() instanceof SimulatedHypervisor simulated ? simulated : null;
        this.store = store;
        this.settings = settings;
        Long seed = settings.simulator().seed();
        this.random = seed == null ? new Random() : new Random(seed);
        this.storage = new StorageFaults(
                store, settings.dataDir().toAbsolutePath().normalize().resolve("sr"), random);
    }

    /** Reads the world of a data folder. Called before the first boot. */
    void begin() throws IOException {
        if (machine != null) {
            builder = SimulatedWorld.begin(settings, store);
            clock.begin(SimulatedWorld.ahead(settings));
            users = new SimulatedUsers(SimulatedWorld.users(settings));
        }
    }

    /** The directories that a simulated host has in addition, by their types. */
    Map<String, Directory> directories() {
        return users.users().isEmpty() ? Map.of() : Map.of(SimulatedUsers.TYPE, users);
    }

    /** Makes the SRs and networks of a new world. Called before the services start. */
    void makePlaces() throws IOException {
        if (builder != null) {
            builder.makePlaces(settings.dataDir().toAbsolutePath().normalize());
        }
    }

    /** Makes the VMs of a new world, and lets its users in. Called before there are clients. */
    void makeMachines(ServerModule services, AccessModule access) throws IOException {
        if (builder == null || machine == null) {
            return;
        }
        try {
            services.makeMachines(builder);
            users.admit(access);
        } catch (WorldException e) {
            throw new IOException("--simulator-world: " + e.getMessage(), e);
        }
    }

    boolean simulated() {
        return machine != null;
    }

    /** The clock of all that clients can see. */
    Clock clock() {
        return machine == null ? Clock.systemUTC() : clock;
    }

    /** The way to repositories. */
    Reach repositories() {
        return machine == null ? Reach.REAL : storage;
    }

    /** The calls of clients over HTTP, with the faults that are to come. */
    Dispatcher faulty(Dispatcher calls) {
        if (machine == null) {
            return calls;
        }
        gate = new Gate(store);
        api = new ApiFaults(calls, gate, random);
        return api;
    }

    /** The requests below {@code /simulator}; null without a simulator. Called after {@link #faulty}. */
    @Nullable
    SimulatorHandler handler(ServerModule services, Runnable look) throws IOException {
        if (machine == null || api == null || gate == null) {
            return null;
        }
        Path data = settings.dataDir();
        List<Path> files = new ArrayList<>(FILES.stream().map(data::resolve).toList());
        files.add(settings.passwordFile());
        List<SimulatedHypervisor> machines = hosts.hypervisors().stream()
                .filter(SimulatedHypervisor.class::isInstance)
                .map(SimulatedHypervisor.class::cast)
                .toList();
        World made = new World(
                store,
                machines,
                gate,
                files,
                data.resolve("simulator").resolve("snapshots"),
                random,
                services::apart,
                services::anotherWorld);
        world = made;
        return new SimulatorControl(
                hosts,
                store,
                services.networks(),
                made,
                api,
                storage,
                clock,
                SimulatorToken.in(settings.simulatorToken()),
                look,
                services::passed);
    }

    /** Keeps the world as the start has made it. */
    void started() {
        if (world != null) {
            world.started();
        }
    }
}
