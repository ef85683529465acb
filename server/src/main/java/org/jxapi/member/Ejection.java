package org.jxapi.member;

import java.util.ArrayList;
import java.util.List;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.host.LostHosts;
import org.jxapi.local.ThisPool;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.pool.PoolRules;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.Certificate;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostCpu;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PUSB;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.PoolAllowedOperations;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VLAN;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/**
 * Takes hosts out of this pool. Their own storage stays as it is; the pool keeps the records of its SRs without a PBD, as
 * XAPI does. Upstream: eject_self of xapi_pool.ml, destroy of xapi_host.ml.
 */
public final class Ejection implements LostHosts {
    private final Store store;
    private final Operations operations;
    private final Members members;
    private final Storage storage;
    private final Guests guests;

    /** The storage of a host. */
    public interface Storage {
        /** Unplugs all its PBDs; the first error ends it. */
        void unplugAll(Call call, Ref<Host> host);
    }

    /** The guests of a host. */
    public interface Guests {
        /** Shows those of a host that is gone as halted. */
        void resetAll(Ref<Host> host);
    }

    public Ejection(Store store, Operations operations, Members members, Storage storage, Guests guests) {
        this.store = store;
        this.operations = operations;
        this.members = members;
        this.storage = storage;
        this.guests = guests;
    }

    /** Ejects a member, whose agent must answer: HOST_OFFLINE if it does not. */
    public void eject(Call call, Ref<Host> host) {
        members.refuseSimulated(host, "pool.eject");
        Ref<Pool> pool = ThisPool.ref(store.snapshot());
        try (Operation operation = operations.begin(call, pool, PoolAllowedOperations.EJECT, tx -> {
            PoolRules.check(tx, pool, PoolAllowedOperations.EJECT);
            check(tx, host);
        })) {
            MemberOrders orders = members.orders(host);
            storage.unplugAll(call, host);
            members.release(host);
            orders.leave();
            operation.finish(tx -> remove(tx, host));
            members.forget(host);
        }
    }

    private static void check(Snapshot snapshot, Ref<Host> host) {
        if (ThisPool.row(snapshot).get(Pool.HA_ENABLED)) {
            throw Errors.haIsEnabled();
        }
        boolean used =
                guests(snapshot, host).stream().anyMatch(vm -> snapshot.get(vm, VM.POWER_STATE) != VmPowerState.HALTED);
        if (used) {
            throw Errors.operationNotAllowed("VM resident on host");
        }
    }

    private static List<Ref<VM>> guests(Snapshot snapshot, Ref<Host> host) {
        return snapshot.get(host, Host.RESIDENT_VMS).stream()
                .filter(vm -> !snapshot.get(vm, VM.IS_CONTROL_DOMAIN))
                .toList();
    }

    @Override
    public void declareDead(Ref<Host> host) {
        guests.resetAll(host);
        store.change(tx -> tx.update(host, Host.ENABLED, false));
    }

    @Override
    public void forget(Ref<Host> host) {
        members.refuseSimulated(host, "host.destroy");
        store.change(tx -> {
            if (ThisPool.row(tx).get(Pool.HA_ENABLED)) {
                throw Errors.haIsEnabled();
            }
            if (!guests(tx, host).isEmpty()) {
                throw Errors.hostHasResidentVms(host.value());
            }
            remove(tx, host);
        });
        members.forget(host);
    }

    private static void remove(Transaction tx, Ref<Host> host) {
        List<Ref<PIF>> pifs = List.copyOf(tx.get(host, Host.PIFS));
        all(tx, VLAN.XEN_CLASS, VLAN.UNTAGGED_PIF, pifs).forEach(tx::destroy);
        all(tx, Bond.XEN_CLASS, Bond.MASTER, pifs).forEach(tx::destroy);
        for (Ref<PIF> pif : pifs) {
            tx.destroyIfThere(tx.get(pif, PIF.METRICS));
            tx.destroy(pif);
        }
        List<Ref<Host>> only = List.of(host);
        all(tx, PBD.XEN_CLASS, PBD.HOST, only).forEach(tx::destroy);
        all(tx, HostCpu.XEN_CLASS, HostCpu.HOST, only).forEach(tx::destroy);
        all(tx, PUSB.XEN_CLASS, PUSB.HOST, only).forEach(tx::destroy);
        all(tx, Session.XEN_CLASS, Session.THIS_HOST, only).forEach(tx::destroy);
        all(tx, Certificate.XEN_CLASS, Certificate.HOST, only).forEach(tx::destroy);
        for (Ref<VM> vm : all(tx, VM.XEN_CLASS, VM.RESIDENT_ON, only)) {
            Row<VM> row = tx.row(vm);
            if (row.get(VM.IS_CONTROL_DOMAIN)) {
                tx.destroyIfThere(row.get(VM.METRICS));
                tx.destroyIfThere(row.get(VM.GUEST_METRICS));
                tx.destroy(vm);
            }
        }
        KnownMembers.forget(tx, tx.get(host, Host.UUID));
        tx.destroyIfThere(tx.get(host, Host.METRICS));
        tx.destroy(host);
    }

    /** The objects of a class that refer to one of these. */
    private static <C, D> List<Ref<C>> all(
            Snapshot snapshot, ClassModel<C> model, Field<C, Ref<D>> field, List<Ref<D>> targets) {
        List<Ref<C>> all = new ArrayList<>();
        for (Stored<C> stored : snapshot.all(model)) {
            if (targets.contains(stored.row().get(field))) {
                all.add(stored.ref());
            }
        }
        return all;
    }
}
