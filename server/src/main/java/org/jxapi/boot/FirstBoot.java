package org.jxapi.boot;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jxapi.datamodel.OrderedMap;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.host.LocalSettings;
import org.jxapi.host.SettingsFile;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.User;

/**
 * The objects that a host has from its first start on: pool, host, control domain, networks and PIFs, storage
 * repositories, templates and the root user. Later starts bring the host's facts up to date.
 */
public final class FirstBoot {
    private final Store store;
    private final Path dataDir;
    private final Clock clock;
    private final LocalSettings settings;
    private final boolean textConsoles;

    public FirstBoot(Store store, Path dataDir, Clock clock) {
        this(store, dataDir, clock, false);
    }

    /** @param textConsoles whether this process serves the text consoles of its hosts' control domains */
    public FirstBoot(Store store, Path dataDir, Clock clock, boolean textConsoles) {
        this.textConsoles = textConsoles;
        this.store = store;
        this.dataDir = dataDir.toAbsolutePath().normalize();
        this.clock = clock;
        this.settings = new SettingsFile(dataDir);
    }

    /**
     * Creates what is missing; returns this host.
     *
     * @param uefi whether guests can boot by UEFI here
     */
    public Ref<Host> run(HostFacts facts, boolean uefi) {
        Ref<Host> made = store.transact(tx -> {
            Snapshot before = tx;
            boolean first = before.count(Pool.XEN_CLASS) == 0;
            Ref<Host> host = first ? createHost(tx, facts, "") : ThisHost.ref(before);
            update(
                    tx,
                    host,
                    facts,
                    settings.get(LocalSettings.AUTO_ENABLE, "true").equals("true"));
            DataFolder.follow(tx, host, dataDir);
            if (first) {
                Ref<SR> storage = createStorage(tx, host);
                tx.create(Row.of(Pool.XEN_CLASS)
                        .with(Pool.MASTER, host)
                        .with(Pool.DEFAULT_SR, storage)
                        .with(Pool.SUSPEND_IMAGE_SR, storage)
                        .with(Pool.CRASH_DUMP_SR, storage)
                        .with(Pool.HA_CLUSTER_STACK, "xhad")
                        .with(Pool.EXT_AUTH_CACHE_ENABLED, false)
                        .with(Pool.OTHER_CONFIG, OrderedMap.of("memory-ratio-hvm", "0.25", "memory-ratio-pv", "0.25")));
                DomainZero.create(tx, host, facts);
                createInternalNetwork(tx);
                tx.create(Row.of(User.XEN_CLASS).with(User.SHORT_NAME, "root").with(User.FULLNAME, "superuser"));
            }
            // Installations from before editions were counted have the first.
            String edition = first ? "0" : settings.get(LocalSettings.TEMPLATES, "1");
            Templates.create(tx, Integer.parseInt(edition), uefi);
            DomainZero.update(tx, host, facts, textConsoles);
            HostRecord.updatePool(tx, ThisPool.ref(tx), facts);
            return host;
        });
        String newest = Integer.toString(Templates.EDITION);
        if (!settings.get(LocalSettings.TEMPLATES, "").equals(newest)) {
            settings.put(LocalSettings.TEMPLATES, newest);
        }
        return made;
    }

    /**
     * Creates what is missing of another host of the pool; returns that host.
     *
     * @param uuid the host's
     * @param enabled whether it is enabled now
     * @param storage the folder of its own repository
     */
    public Ref<Host> join(String uuid, HostFacts facts, boolean enabled, Path storage) {
        return store.transact(tx -> {
            Ref<Host> known =
                    tx.byUuid(Host.XEN_CLASS, uuid).<Ref<Host>>map(Stored::ref).orElse(null);
            Ref<Host> host = known == null ? createHost(tx, facts, uuid) : known;
            update(tx, host, facts, enabled);
            if (known == null) {
                Ref<SR> local = createLocal(tx, host, storage);
                tx.set(host, Host.SUSPEND_IMAGE_SR, local);
                shareDiscs(tx, host);
                DomainZero.create(tx, host, facts);
            }
            DomainZero.update(tx, host, facts, textConsoles);
            HostRecord.updatePool(tx, ThisPool.ref(tx), facts);
            return host;
        });
    }

    /** Brings the records of another host up to date, which has come into the pool or back to it. */
    public void arrived(Ref<Host> host, HostFacts facts, boolean enabled) {
        store.change(tx -> {
            update(tx, host, facts, enabled);
            DomainZero.update(tx, host, facts, textConsoles);
            HostRecord.updatePool(tx, ThisPool.ref(tx), facts);
        });
    }

    private void update(Transaction tx, Ref<Host> host, HostFacts facts, boolean enabled) {
        XenTime now = XenTime.of(clock.instant());
        String address = tx.get(host, Host.ADDRESS);
        HostRecord.update(tx, host, facts, now);
        tx.set(host, Host.ENABLED, enabled);
        HostNetworks.update(tx, host, facts, now, address);
        HostDevices.update(tx, host, facts.pciDevices());
    }

    /** The discs of the coordinator are there for every host, and suspended guests stay on their host's own storage. */
    private static void shareDiscs(Transaction tx, Ref<Host> host) {
        Ref<Pool> pool = ThisPool.ref(tx);
        Ref<SR> suspended = tx.get(pool, Pool.SUSPEND_IMAGE_SR);
        if (!suspended.isNull()) {
            tx.set(ThisHost.ref(tx), Host.SUSPEND_IMAGE_SR, suspended);
            tx.set(pool, Pool.SUSPEND_IMAGE_SR, Ref.nil());
        }
        for (Stored<SR> stored : List.copyOf(tx.all(SR.XEN_CLASS))) {
            if (stored.row().get(SR.TYPE).equals("iso")) {
                tx.set(stored.ref(), SR.SHARED, true);
                stored.row().get(SR.PBDS).stream()
                        .map(tx::row)
                        .filter(pbd -> pbd.get(PBD.HOST).equals(ThisHost.ref(tx)))
                        .findFirst()
                        .ifPresent(pbd -> tx.create(Row.of(PBD.XEN_CLASS)
                                .with(PBD.HOST, host)
                                .with(PBD.SR, stored.ref())
                                .with(PBD.DEVICE_CONFIG, pbd.get(PBD.DEVICE_CONFIG))
                                .with(PBD.CURRENTLY_ATTACHED, true)));
            }
        }
    }

    private static Ref<Host> createHost(Transaction tx, HostFacts facts, String uuid) {
        Ref<HostMetrics> metrics = tx.create(Row.of(HostMetrics.XEN_CLASS).with(HostMetrics.LIVE, true));
        Ref<Host> host = tx.create(Row.of(Host.XEN_CLASS)
                .with(Host.UUID, uuid)
                .with(Host.NAME_LABEL, facts.hostname())
                .with(Host.NAME_DESCRIPTION, "Default install")
                .with(Host.ENABLED, true)
                .with(Host.METRICS, metrics)
                .with(Host.EDITION, "free")
                .with(Host.EDITIONS, List.of("free")));
        return host;
    }

    private Ref<SR> createStorage(Transaction tx, Ref<Host> host) {
        Ref<SR> local = createLocal(tx, host, dataDir.resolve("storage"));
        Ref<SR> iso = tx.create(Row.of(SR.XEN_CLASS)
                .with(SR.NAME_LABEL, "ISO images")
                .with(SR.NAME_DESCRIPTION, "The .iso files of a folder on this host")
                .with(SR.TYPE, "iso")
                .with(SR.CONTENT_TYPE, "iso"));
        connect(tx, host, iso, dataDir.resolve("iso"));
        return local;
    }

    private static Ref<SR> createLocal(Transaction tx, Ref<Host> host, Path folder) {
        Ref<SR> local = tx.create(Row.of(SR.XEN_CLASS)
                .with(SR.NAME_LABEL, "Local storage")
                .with(SR.TYPE, "file")
                .with(SR.CONTENT_TYPE, "user"));
        connect(tx, host, local, folder);
        return local;
    }

    private static void connect(Transaction tx, Ref<Host> host, Ref<SR> sr, Path folder) {
        tx.create(Row.of(PBD.XEN_CLASS)
                .with(PBD.HOST, host)
                .with(PBD.SR, sr)
                .with(PBD.DEVICE_CONFIG, OrderedMap.of("location", folder.toString()))
                .with(PBD.CURRENTLY_ATTACHED, true));
    }

    private static void createInternalNetwork(Transaction tx) {
        tx.create(Row.of(Network.XEN_CLASS)
                .with(Network.NAME_LABEL, "Host internal management network")
                .with(Network.NAME_DESCRIPTION, "Guests reach the host's XenAPI here, by link-local addresses")
                .with(Network.MTU, 1500L)
                .with(Network.MANAGED, true)
                .with(Network.BRIDGE, "xenapi")
                .with(
                        Network.OTHER_CONFIG,
                        OrderedMap.of(
                                "is_guest_installer_network", "true",
                                "is_host_internal_management_network", "true",
                                "ip_begin", "169.254.0.1",
                                "ip_end", "169.254.255.254",
                                "netmask", "255.255.0.0")));
    }
}
