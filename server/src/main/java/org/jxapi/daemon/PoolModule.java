package org.jxapi.daemon;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.PoolTrust;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.host.HostAgent;
import org.jxapi.host.LostHosts;
import org.jxapi.local.Hosts;
import org.jxapi.member.Admission;
import org.jxapi.member.Ejection;
import org.jxapi.member.Handover;
import org.jxapi.member.HostMovement;
import org.jxapi.member.Members;
import org.jxapi.member.PoolJoin;
import org.jxapi.member.Rooms;
import org.jxapi.member.SharedDatabase;
import org.jxapi.operation.Operations;
import org.jxapi.pool.HostMoves;
import org.jxapi.store.Store;
import org.jxapi.transfer.TransferServer;

/** The other hosts of the pool, and how hosts come into it and leave it. */
final class PoolModule implements AutoCloseable {
    private final Members members;
    private final Admission admission;
    private final Ejection ejection;
    private final HostMovement moves;
    private final PoolArrivals arrivals;
    private final Rooms rooms;

    /**
     * @param data the folder of this daemon
     * @param shared the database, if members have copies of it
     * @param agent where this host listens once it is a member; null for nowhere
     */
    PoolModule(
            Store store,
            Path data,
            Operations operations,
            HostParts parts,
            Hosts hosts,
            StorageModule storage,
            ServerCertificates certificates,
            @Nullable SharedDatabase shared,
            HostAgent daemon,
            @Nullable InetSocketAddress agent,
            Ejection.Guests guests,
            Clock clock) {
        this.arrivals = new PoolArrivals(store, data, parts, hosts, storage, clock);
        this.members = new Members(store, hosts, certificates, shared, agent, arrivals, clock);
        this.admission = new Admission(store, data, certificates, members);
        this.ejection = new Ejection(store, operations, members, storage::unplugAll, guests);
        Handover handover = new Handover(store, operations, members, shared, data, agent);
        this.rooms = new Rooms(members, shared, handover);
        this.moves =
                new HostMovement(new PoolJoin(store, data, certificates, daemon, agent), members, handover, ejection);
    }

    HostMoves moves() {
        return moves;
    }

    /** The certificates by which the hosts know each other. */
    PoolTrust trust() {
        return members;
    }

    LostHosts lost() {
        return ejection;
    }

    /** The handlers of requests that are no calls. */
    Map<String, TransferServer.Action> files() {
        return admission.actions();
    }

    /** The endpoints of this daemon, such as {@code https://0.0.0.0:443}, one of which members use. */
    void listening(List<String> endpoints) {
        members.listening(endpoints);
    }

    /** Connects to the members that are known. Called once all hosts of this machine have records. */
    void start() {
        members.start();
    }

    /** Looks for hosts that have been away for long, for wrong copies, and for full disks; called every few seconds. */
    void look() {
        arrivals.look();
        members.look();
        rooms.look();
    }

    @Override
    public void close() {
        members.close();
    }
}
