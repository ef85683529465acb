package org.jxapi.daemon;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.local.Hosts;
import org.jxapi.local.ThisHost;
import org.jxapi.measure.Measurements;
import org.jxapi.operation.Operations;
import org.jxapi.smapi.DriverFolder;
import org.jxapi.storage.AutoScans;
import org.jxapi.storage.Coalescing;
import org.jxapi.storage.DatabaseCopies;
import org.jxapi.storage.DeviceSecrets;
import org.jxapi.storage.DiskExports;
import org.jxapi.storage.Disks;
import org.jxapi.storage.DrTaskService;
import org.jxapi.storage.Drivers;
import org.jxapi.storage.HostPbds;
import org.jxapi.storage.LvhdService;
import org.jxapi.storage.MovingVms;
import org.jxapi.storage.PbdService;
import org.jxapi.storage.Pbds;
import org.jxapi.storage.PoolUpdateService;
import org.jxapi.storage.RecordedDisks;
import org.jxapi.storage.SrFolders;
import org.jxapi.storage.SrService;
import org.jxapi.storage.Srs;
import org.jxapi.storage.VdiService;
import org.jxapi.store.Store;
import org.jxapi.volume.Driver;
import org.jxapi.volume.DummyDriver;
import org.jxapi.volume.Mounts;
import org.jxapi.volume.Reach;
import org.jxapi.xenapi.DRTaskMessages;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.LVHDMessages;
import org.jxapi.xenapi.PoolUpdateMessages;

/** Storage repositories and their disks: the classes SR, PBD, VDI and SM. */
public final class StorageModule {
    /** How long a server may take to answer, unless a setting says otherwise. */
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final Store store;
    private final Hosts hosts;
    private final Mounts mounts;
    private final Disks disks;
    private final Operations operations;
    private final Srs repositories;
    private final Measurements measurements;
    private final PbdService pbds;
    private final DrTaskService recoveries;
    private final HostPbds hostPbds;
    private final AutoScans autoScans;
    private final Coalescing coalescing;

    /** @param data the daemon's own folder; repositories are mounted in it */
    public StorageModule(
            Store store, Path data, Operations operations, Hosts hosts, Clock clock, Measurements measurements) {
        this(
                store,
                data,
                new HostStorage(
                        new Mounts(data.resolve("sr-mount"), ANSWER),
                        new DriverFolder(data.resolve("storage-drivers"), data.resolve("storage-marks"), ANSWER),
                        Reach.REAL),
                operations,
                hosts,
                clock,
                measurements);
    }

    /**
     * @param data the daemon's own folder
     * @param host where repositories are mounted, and the drivers of others
     */
    StorageModule(
            Store store,
            Path data,
            HostStorage host,
            Operations operations,
            Hosts hosts,
            Clock clock,
            Measurements measurements) {
        this.store = store;
        this.hosts = hosts;
        this.operations = operations;
        this.mounts = host.mounts();
        AgentDrivers agents = new AgentDrivers(store, hosts, host.groups());
        List<Driver> more = List.of(new DummyDriver(new RecordedDisks(store)));
        List<Driver> own = StorageDrivers.of(data, host, agents.running(), () -> initiatorName(store), more);
        Drivers drivers = new Drivers(own, host.reach(), agents);
        SrFolders places = new SrFolders(store, drivers, data);
        this.disks = new Disks(store, drivers, places, operations, hosts, clock);
        Pbds life = new Pbds(store, operations, disks, places);
        this.repositories = new Srs(store, operations, disks, life, places);
        this.measurements = measurements;
        this.pbds = new PbdService(life);
        this.recoveries = new DrTaskService(store, life, repositories);
        this.hostPbds = new HostPbds(store, life);
        this.coalescing = new Coalescing(store, drivers, clock);
        this.autoScans = new AutoScans(store, clock, sr -> disks.scans().scan(new InternalCall("SR.scan", store), sr));
    }

    private static String initiatorName(Store store) {
        return ThisHost.find(store.snapshot())
                .map(host -> host.row().get(Host.ISCSI_IQN))
                .orElse("");
    }

    public Disks disks() {
        return disks;
    }

    /** @param owner the VMs whose disks move */
    public void bind(MessageTable<Call> table, DiskExports exports, MovingVms owner, DatabaseCopies copies) {
        new VdiService(store, disks, operations, exports, owner, copies).bind(table);
        new SrService(store, disks, repositories, measurements, copies).bind(table);
        pbds.bind(table);
        DRTaskMessages.bind(table, recoveries);
        LVHDMessages.bind(table, new LvhdService(store));
        PoolUpdateMessages.bind(table, new PoolUpdateService(store, disks));
    }

    /** Plugs all PBDs of a host that has come, and those of shared SRs that it has none for. Failures are logged. */
    void plugAll(Ref<Host> host) {
        hostPbds.plugAll(host);
    }

    /** Unplugs all PBDs of a host; the first error ends it. */
    void unplugAll(Call call, Ref<Host> host) {
        hostPbds.unplugAll(call, host);
    }

    /** Begins the scans of SRs and the merges of images that are due; called every few seconds. */
    public void look(Executor workers) {
        autoScans.look(workers);
        coalescing.look(workers);
    }

    /** Publishes what this host offers, and makes files and rows agree where the last run was stopped midway. */
    public void start() {
        DeviceSecrets.hideAll(store);
        mounts.start();
        disks.start();
        hosts.follow(new Hosts.Follower() {
            @Override
            public void answers(Hosts.Driven host) {
                Thread thread = new Thread(
                        () -> disks.replug(host.host()),
                        "plug SRs of " + host.host().value());
                thread.setDaemon(true);
                thread.start();
            }
        });
    }
}
