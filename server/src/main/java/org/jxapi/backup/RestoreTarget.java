package org.jxapi.backup;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.ThisHost;
import org.jxapi.store.PoolFile;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.VM;

/**
 * Fits the objects of a dump to this host: the coordinator and its control domain get the UUIDs that they have here, and its
 * interfaces the MAC addresses that they have here, by device. Upstream: prepare_database_for_restore of
 * pool_db_backup.ml. A start brings all other facts of the host up to date. The texts that the
 * pool keeps for itself stay as they are here.
 */
final class RestoreTarget {
    private final Map<Ref<?>, Row<?>> rows;
    private final Snapshot now;
    private final Ref<Host> here;

    private RestoreTarget(Map<Ref<?>, Row<?>> rows, Snapshot now) {
        this.rows = new LinkedHashMap<>(rows);
        this.now = now;
        this.here = ThisHost.ref(now);
    }

    /**
     * The objects as this host can have them.
     *
     * @param now what the host has now. RESTORE_TARGET_MISSING_DEVICE when it lacks an interface of the dump,
     *     RESTORE_TARGET_MGMT_IF_NOT_IN_BACKUP when the dump lacks the one for management
     */
    static Map<Ref<?>, Row<?>> fit(Map<Ref<?>, Row<?>> rows, Snapshot now) {
        return new RestoreTarget(rows, now).fit();
    }

    private Map<Ref<?>, Row<?>> fit() {
        List<Ref<Pool>> pools = all(Pool.XEN_CLASS);
        List<Ref<Host>> hosts = all(Host.XEN_CLASS);
        if (pools.size() != 1) {
            throw Dump.unusable("it has " + pools.size() + " pools instead of one");
        }
        Ref<Host> host = row(pools.get(0)).get(Pool.MASTER);
        if (!hosts.contains(host)) {
            throw Dump.unusable("its pool has no coordinator");
        }
        Ref<VM> controlDomain = row(host).get(Host.CONTROL_DOMAIN);
        if (!rows.containsKey(controlDomain)) {
            throw Dump.unusable("its host has no control domain");
        }
        set(controlDomain, VM.UUID, now.get(now.get(here, Host.CONTROL_DOMAIN), VM.UUID));
        set(host, Host.UUID, now.get(here, Host.UUID));
        interfaces(host);
        now.all(PoolFile.STORE_CLASS).forEach(file -> rows.put(file.ref(), file.row()));
        return rows;
    }

    /** As in XAPI, the interface for management stays the one that it is here. */
    private void interfaces(Ref<Host> host) {
        Map<String, String> addresses = new HashMap<>();
        Optional<String> management = Optional.empty();
        for (Ref<PIF> pif : now.get(here, Host.PIFS)) {
            Row<PIF> row = now.row(pif);
            if (row.get(PIF.PHYSICAL)) {
                addresses.put(row.get(PIF.DEVICE), row.get(PIF.MAC));
            }
            if (row.get(PIF.MANAGEMENT)) {
                management = Optional.of(row.get(PIF.DEVICE));
            }
        }
        List<String> devices = new ArrayList<>();
        for (Ref<PIF> pif : all(PIF.XEN_CLASS)) {
            Row<PIF> row = row(pif);
            if (!row.get(PIF.HOST).equals(host)) {
                continue;
            }
            String device = row.get(PIF.DEVICE);
            devices.add(device);
            set(pif, PIF.MANAGEMENT, management.filter(device::equals).isPresent());
            if (row.get(PIF.PHYSICAL)) {
                String mac = addresses.get(device);
                if (mac == null) {
                    throw Errors.restoreTargetMissingDevice(device);
                }
                set(pif, PIF.MAC, mac);
            }
        }
        if (management.isPresent() && !devices.contains(management.get())) {
            throw new XenApiException("RESTORE_TARGET_MGMT_IF_NOT_IN_BACKUP", devices);
        }
    }

    private <C> List<Ref<C>> all(ClassModel<C> model) {
        return rows.entrySet().stream()
                .filter(object -> object.getValue().model() == model)
                .map(object -> model.cast(object.getKey()))
                .toList();
    }

    /** A row of the reference's class: only {@link #all} and fields of that type lead here. */
    @SuppressWarnings("unchecked")
    private <C> Row<C> row(Ref<C> ref) {
        return (Row<C>) Objects.requireNonNull(rows.get(ref), ref::toString);
    }

    private <C, T> void set(Ref<C> ref, Field<C, T> field, T value) {
        rows.put(ref, row(ref).with(field, value));
    }
}
