package org.jxapi.agent;

import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jxapi.volume.Driver;
import org.jxapi.volume.DriverSet;
import org.jxapi.volume.GroupChanges;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Settings;

/**
 * The storage repositories of another host, through its agent. Calls fail as {@link RemoteHypervisor} says. Failures of the
 * host's drivers arrive as they are.
 */
public final class RemoteStorage implements DriverSet {
    private final StorageCalls calls;
    private final Blocks blocks;

    /**
     * @param guests the guests that a repository's disks have on that host, which its drivers ask for
     * @param changes makes the changes of volume groups that its drivers ask for
     */
    RemoteStorage(AgentClient client, HostGuests guests, GroupChanges changes, Semaphore blocks) {
        this.calls = RemotePart.of(
                client,
                ServedStorage.PART,
                Map.of(),
                Map.of(
                        CallersDisks.GUESTS,
                        about -> CallersDisks.answer(guests, about),
                        CallersGroups.CHANGE,
                        about -> CallersGroups.answer(changes, about)));
        this.blocks = new Blocks(calls, blocks);
    }

    @Override
    public Repository repository(String type, Settings settings) {
        return new RemoteRepository(calls, blocks, new StorageCalls.At(type, settings));
    }

    @Override
    public Driver.Probe probe(String type, Settings settings) {
        return calls.probe(new StorageCalls.At(type, settings));
    }

    @Override
    public Map<String, String> smConfig(String type, Settings settings) {
        return calls.driverSmConfig(new StorageCalls.At(type, settings));
    }
}
