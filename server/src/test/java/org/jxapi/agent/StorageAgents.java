package org.jxapi.agent;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.volume.Driver;
import org.jxapi.volume.DriverSet;
import org.jxapi.volume.GroupChanges;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Settings;

/** An agent that serves storage drivers, and the coordinator's side of it. */
public final class StorageAgents implements AutoCloseable {
    private final AgentPair pair;
    private final RemoteStorage remote;

    /** @param folder for the agent's own files */
    public StorageAgents(Path folder, DriverSet drivers, HostGuests guests) throws Exception {
        this(folder, drivers, guests, GroupChanges.here());
    }

    /**
     * @param folder for the agent's own files
     * @param changes the coordinator's way to change volume groups
     */
    public StorageAgents(Path folder, DriverSet drivers, HostGuests guests, GroupChanges changes) throws Exception {
        pair = new AgentPair(noHypervisor(), drivers, Files.createDirectories(folder));
        remote = pair.remote().storage(guests, changes);
    }

    /** Drivers of a host, by their types. */
    public static DriverSet drivers(Driver... drivers) {
        return new DriverSet() {
            private Driver of(String type) {
                return List.of(drivers).stream()
                        .filter(driver -> driver.type().equals(type))
                        .findFirst()
                        .orElseThrow();
            }

            @Override
            public Repository repository(String type, Settings settings) {
                return of(type).repository(settings);
            }

            @Override
            public Driver.Probe probe(String type, Settings settings) {
                return of(type).probe(settings);
            }

            @Override
            public Map<String, String> smConfig(String type, Settings settings) {
                return of(type).smConfig(settings);
            }
        };
    }

    /** One whose parts are never used. */
    private static Hypervisor noHypervisor() {
        return (Hypervisor) Proxy.newProxyInstance(
                Hypervisor.class.getClassLoader(), new Class<?>[] {Hypervisor.class}, (proxy, method, values) -> null);
    }

    AgentPair pair() {
        return pair;
    }

    /** The host, whose hypervisor does nothing. */
    public RemoteHypervisor hypervisor() {
        return pair.remote();
    }

    /** Ends the agent, and returns when the coordinator knows. */
    public void stop() throws InterruptedException {
        pair.changes.clear();
        pair.stopAgent();
        pair.changes.poll(20, TimeUnit.SECONDS);
    }

    /** Starts the agent again, and returns when the coordinator is connected. */
    public void start() throws Exception {
        pair.changes.clear();
        pair.startAgent();
        pair.changes.poll(20, TimeUnit.SECONDS);
    }

    /** The host's storage, through the agent. */
    public RemoteStorage remote() {
        return remote;
    }

    @Override
    public void close() {
        pair.close();
    }
}
