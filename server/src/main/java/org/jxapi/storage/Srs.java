package org.jxapi.storage;

import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.local.ThisHost;
import org.jxapi.local.Uuids;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VDI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of storage repositories. */
public final class Srs {
    private static final Logger LOG = LoggerFactory.getLogger(Srs.class);

    private final Store store;
    private final Operations operations;
    private final Disks disks;
    private final Pbds pbds;
    private final SrFolders places;

    public Srs(Store store, Operations operations, Disks disks, Pbds pbds, SrFolders places) {
        this.store = store;
        this.operations = operations;
        this.disks = disks;
        this.pbds = pbds;
        this.places = places;
    }

    /**
     * Makes a repository and plugs it, if it is shared at all hosts of the pool; nothing is left of one that cannot be made.
     * Another host where it cannot be plugged keeps its PBD, and the log says why.
     */
    Ref<SR> create(Call call, Ref<Host> host, Map<String, String> deviceConfig, Row<SR> settings) {
        Drivers drivers = disks.drivers();
        drivers.of(settings.get(SR.TYPE));
        store.snapshot().require(host);
        Row<SR> row = settings.with(SR.UUID, FreshIds.uuid("SR").toString());
        Pbds.refuseInternalKey(deviceConfig);
        Ref<SR> sr = SR.XEN_CLASS.freshRef();
        Pbds.check(store.snapshot(), deviceConfig);
        Row<SR> decided = drivers.decided(store.snapshot(), row, deviceConfig, host);
        AttachedSr place = drivers.at(store.snapshot(), sr, decided, deviceConfig, host);
        Map<Ref<Host>, Ref<PBD>> made;
        try (SrFolders.Hold hold = places.take(place)) {
            place.repository().create();
            made = store.transact(tx -> {
                add(tx, sr, decided);
                return addPbds(tx, sr, deviceConfig, settings.get(SR.SHARED) ? everyHost(tx, host) : List.of(host));
            });
        }
        pbds.plug(call, made.remove(host));
        made.values().forEach(pbd -> plugToo(call, sr, pbd));
        return sr;
    }

    /** All hosts, beginning with the coordinator, as in XAPI. */
    private static List<Ref<Host>> everyHost(Snapshot snapshot, Ref<Host> given) {
        Set<Ref<Host>> hosts = new LinkedHashSet<>(List.of(ThisHost.ref(snapshot), given));
        snapshot.all(Host.XEN_CLASS).forEach(host -> hosts.add(host.ref()));
        return List.copyOf(hosts);
    }

    private static Map<Ref<Host>, Ref<PBD>> addPbds(
            Transaction tx, Ref<SR> sr, Map<String, String> deviceConfig, List<Ref<Host>> hosts) {
        Map<Ref<Host>, Ref<PBD>> added = new LinkedHashMap<>();
        for (Ref<Host> host : hosts) {
            Ref<PBD> pbd = PBD.XEN_CLASS.freshRef();
            Row<PBD> plug =
                    Row.of(PBD.XEN_CLASS).with(PBD.HOST, host).with(PBD.SR, sr).with(PBD.DEVICE_CONFIG, deviceConfig);
            Pbds.add(tx, pbd, plug);
            added.put(host, pbd);
        }
        return added;
    }

    private void plugToo(Call call, Ref<SR> sr, Ref<PBD> pbd) {
        try {
            pbds.plug(call.part(), pbd);
        } catch (XenApiException e) {
            LOG.warn("SR {}: PBD {} of another host is not plugged: {}", sr, pbd, e.getMessage());
        }
    }

    /** Adds a repository that exists already; PBDs come later. UUID_INVALID for a UUID that is none. */
    Ref<SR> introduce(String uuid, Row<SR> settings) {
        Uuids.check(SR.XEN_CLASS, uuid);
        Ref<SR> sr = SR.XEN_CLASS.freshRef();
        store.change(tx -> {
            if (tx.byUuid(SR.XEN_CLASS, uuid).isPresent()) {
                throw Errors.srUuidExists(uuid);
            }
            add(tx, sr, settings.with(SR.UUID, uuid));
        });
        return sr;
    }

    private static void add(Transaction tx, Ref<SR> sr, Row<SR> settings) {
        tx.create(
                sr,
                settings.with(SR.TYPE, settings.get(SR.TYPE).toLowerCase(Locale.ROOT))
                        .with(SR.PHYSICAL_SIZE, -1L)
                        .with(SR.PHYSICAL_UTILISATION, -1L)
                        .with(SR.DEFAULT_VDI_VISIBILITY, true));
    }

    /** Forgets a repository whose PBDs are unplugged; its files stay. */
    void forget(Call call, Ref<SR> sr) {
        try (Operation operation = operations.await(call, Claims.of(sr, StorageOperations.FORGET))) {
            operation.finish(tx -> remove(tx, sr));
        }
    }

    private static void remove(Transaction tx, Ref<SR> sr) {
        for (Ref<PBD> pbd : List.copyOf(tx.get(sr, SR.PBDS))) {
            if (tx.get(pbd, PBD.CURRENTLY_ATTACHED)) {
                throw Errors.srHasPbd(sr.value());
            }
            Pbds.remove(tx, pbd);
        }
        for (Ref<VDI> vdi : List.copyOf(tx.get(sr, SR.VDIS))) {
            DiskRules.forget(tx, vdi);
        }
        tx.destroy(sr);
    }

    /** Removes an empty repository with its folder, as far as nothing else is in it. */
    void destroy(Call call, Ref<SR> sr) {
        try (Operation operation = operations.await(call, Claims.of(sr, StorageOperations.DESTROY))) {
            Snapshot before = store.snapshot();
            refuseKept(before, sr);
            List<AttachedSr> all = before.get(sr, SR.PBDS).stream()
                    .map(pbd -> disks.drivers().by(before, before.row(pbd)))
                    .toList();
            all.forEach(this::refuseFilled);
            operation.finish(tx -> {
                DeviceSecrets.destroy(tx, tx.get(sr, SR.SM_CONFIG));
                remove(tx, sr);
            });
            all.forEach(place -> place.repository().destroy());
        }
    }

    /** Throws unless the repository, which is not plugged, has no volumes. */
    private void refuseFilled(AttachedSr place) {
        if (place.repository()
                .folder()
                .filter(folder -> !Files.isDirectory(folder))
                .isPresent()) {
            return;
        }
        if (!places.sharing(place.sr()).isEmpty()) {
            LOG.warn(
                    "SR folder {}: belongs to another repository too, so SR.forget removes only the record",
                    place.repository().place());
            throw Errors.srDeviceInUse();
        }
        Repository repository = place.repository();
        disks.scans().attach(place);
        try {
            disks.scans().tidy(place);
            if (!repository.volumes().isEmpty()) {
                throw Errors.srNotEmpty();
            }
        } finally {
            disks.drivers().leases().release(store.snapshot(), place);
            repository.detach();
        }
    }

    private static void refuseKept(Snapshot snapshot, Ref<SR> sr) {
        if ("true".equals(snapshot.get(sr, SR.OTHER_CONFIG).get("indestructible"))) {
            throw Errors.srIndestructible(sr.value());
        }
        for (Stored<Host> host : snapshot.all(Host.XEN_CLASS)) {
            if (host.row().get(Host.LOCAL_CACHE_SR).equals(sr)) {
                throw Errors.srIsCacheSr(host.ref().value());
            }
        }
    }

    /** Reads the repository's numbers again. */
    void update(Ref<SR> sr) {
        AttachedSr place = disks.drivers().attached(store.snapshot(), sr);
        Usage usage = place.repository().usage();
        store.change(tx -> place.record(tx, usage));
    }

    void setShared(Ref<SR> sr, boolean shared) {
        store.change(tx -> {
            List<Ref<PBD>> all = tx.get(sr, SR.PBDS);
            if (!shared && all.size() > 1) {
                throw new XenApiException(
                        "SR_HAS_MULTIPLE_PBDS", all.stream().map(Ref::value).toList());
            }
            tx.set(sr, SR.SHARED, shared);
        });
    }

    /** Throws unless every host reaches the repository and its driver has that feature. */
    void requireEverywhere(Ref<SR> sr, List<String> features) {
        Snapshot snapshot = store.snapshot();
        List<Ref<PBD>> all = snapshot.get(sr, SR.PBDS);
        boolean plugged = all.stream().allMatch(pbd -> snapshot.get(pbd, PBD.CURRENTLY_ATTACHED));
        if (all.size() < snapshot.count(Host.XEN_CLASS) || !plugged) {
            throw Errors.srHasNoPbds(sr.value());
        }
        if (!Drivers.features(snapshot, snapshot.row(sr)).containsAll(features)) {
            throw Errors.srOperationNotSupported(sr.value());
        }
    }
}
