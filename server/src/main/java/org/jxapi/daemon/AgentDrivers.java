package org.jxapi.daemon;

import org.jxapi.agent.RemoteHypervisor;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.Hosts;
import org.jxapi.storage.HostDrivers;
import org.jxapi.storage.RunningDisks;
import org.jxapi.store.Store;
import org.jxapi.volume.DriverSet;
import org.jxapi.volume.GroupChanges;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;

/** The storage drivers of the hosts that agents drive. All other hosts share those of this process. */
final class AgentDrivers implements HostDrivers {
    private final Hosts hosts;
    private final RunningDisks running;
    private final GroupChanges groups;

    /** @param here changes volume groups on this host */
    AgentDrivers(Store store, Hosts hosts, GroupChanges here) {
        this.hosts = hosts;
        this.groups = new PoolGroups(store, this, here);
        this.running = new RunningDisks(store, hosts, this);
    }

    /** The disks of running guests of this host. */
    RunningDisks running() {
        return running;
    }

    @Override
    public boolean isHere(Ref<Host> host) {
        return isHere(hosts, host);
    }

    /** Whether this process drives a host itself: its own, and those of a simulated pool. */
    static boolean isHere(Hosts hosts, Ref<Host> host) {
        try {
            return !(hosts.of(host) instanceof RemoteHypervisor);
        } catch (XenApiException e) {
            // Nothing drives it.
            return false;
        }
    }

    @Override
    public boolean isConnected(Ref<Host> host) {
        return hosts.isConnected(host);
    }

    @Override
    public DriverSet of(Ref<Host> host) {
        if (hosts.of(host) instanceof RemoteHypervisor remote) {
            return remote.storage((sr, location) -> running.guests(host, sr, location), groups);
        }
        throw Errors.hostOffline(host.value());
    }
}
