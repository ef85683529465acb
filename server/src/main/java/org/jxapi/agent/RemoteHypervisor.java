package org.jxapi.agent;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jxapi.datamodel.Ref;
import org.jxapi.hypervisor.Consoles;
import org.jxapi.hypervisor.Cpupools;
import org.jxapi.hypervisor.Devices;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Events;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.Memory;
import org.jxapi.hypervisor.PhysicalHost;
import org.jxapi.hypervisor.Schedulers;
import org.jxapi.hypervisor.Statistics;
import org.jxapi.hypervisor.Vcpus;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.volume.GroupChanges;
import org.jxapi.xenapi.Host;

/**
 * The hypervisor of another host, through its agent. It is connected in the background. While it is not, calls fail with
 * HOST_OFFLINE at once. A call whose connection is lost fails with CANNOT_CONTACT_HOST: the host may have carried it out
 * or not, and the agent stops it if it still runs. Neither is a HypervisorException, so no caller takes a host that it
 * cannot reach for a domain that is gone. Subscriptions need no connection, and survive its loss.
 *
 * <p>Paths are those of the other host, and so are addresses of consoles.
 */
public final class RemoteHypervisor implements Hypervisor {
    private final AgentClient client;
    private final Semaphore blocks = new Semaphore(Blocks.MOST);
    private final Domains domains;
    private final Devices devices;
    private final DiskImages diskImages;
    private final Memory memory;
    private final Vcpus vcpus;
    private final Schedulers schedulers;
    private final Cpupools cpupools;
    private final Consoles consoles;
    private final PhysicalHost host;
    private final Statistics statistics;
    private final Events events;
    private final Xenstore xenstore;

    /**
     * @param host the agent's host
     * @param address where the agent listens
     * @param tls has the coordinator's key, and trusts the certificate of this agent alone
     * @param term the coordinator's term, which each call carries; HOST_OFFLINE when the agent knows a newer one
     * @param connected gets each change, on the thread that connects, and must not take long
     */
    public RemoteHypervisor(
            Ref<Host> host,
            InetSocketAddress address,
            SSLContext tls,
            LongSupplier term,
            AgentTiming timing,
            Consumer<Boolean> connected) {
        client = new AgentClient(new AgentClient.AgentAddress(host, address, tls), term, timing, connected);
        domains = RemotePart.of(client, HypervisorParts.DOMAINS);
        devices = RemotePart.of(client, HypervisorParts.DEVICES);
        diskImages = RemotePart.of(client, HypervisorParts.DISK_IMAGES);
        memory = RemotePart.of(client, HypervisorParts.MEMORY);
        vcpus = RemotePart.of(client, HypervisorParts.VCPUS);
        schedulers = RemotePart.of(client, HypervisorParts.SCHEDULERS);
        cpupools = RemotePart.of(client, HypervisorParts.CPUPOOLS);
        consoles = RemotePart.of(client, HypervisorParts.CONSOLES);
        this.host = RemotePart.of(client, HypervisorParts.HOST);
        statistics = RemotePart.of(client, HypervisorParts.STATISTICS);
        events = new RemoteEvents(client);
        xenstore = RemotePart.of(client, HypervisorParts.XENSTORE);
        client.start();
    }

    @Override
    public boolean isConnected() {
        return client.isConnected();
    }

    /**
     * The storage of the host.
     *
     * @param guests those of the host, which its drivers ask for
     * @param changes makes the changes of volume groups that they ask for
     */
    public RemoteStorage storage(HostGuests guests, GroupChanges changes) {
        return new RemoteStorage(client, guests, changes, blocks);
    }

    @Override
    public Domains domains() {
        return domains;
    }

    @Override
    public Devices devices() {
        return devices;
    }

    @Override
    public DiskImages diskImages() {
        return diskImages;
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public Vcpus vcpus() {
        return vcpus;
    }

    @Override
    public Schedulers schedulers() {
        return schedulers;
    }

    @Override
    public Cpupools cpupools() {
        return cpupools;
    }

    @Override
    public Consoles consoles() {
        return consoles;
    }

    @Override
    public PhysicalHost host() {
        return host;
    }

    @Override
    public Statistics statistics() {
        return statistics;
    }

    @Override
    public Events events() {
        return events;
    }

    @Override
    public Xenstore xenstore() {
        return xenstore;
    }

    /** Another part that the agent serves, over the same connection. */
    public <T> T part(Part<T> part) {
        return RemotePart.of(client, part);
    }

    /** @param own what methods of the part return that are not served, by their names */
    public <T> T part(Part<T> part, Map<String, Object> own) {
        return RemotePart.of(client, part, own);
    }

    /** Ends the connection; the host and its domains go on. */
    @Override
    public void close() {
        client.close();
    }
}
