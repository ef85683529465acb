package org.jxapi.vm;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.host.DataSources;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.measure.Measurements;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.storage.Disks;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;

/** Everything about VMs, put together. */
public final class Vms {
    private final VmService service;
    private final VmApplianceService appliances;
    private final VmssService snapshots;
    private final ScheduledSnapshots scheduled;
    private final GuestWords words;
    private final Reconciliation reconciliation;
    private final MemoryBalance balance;
    private final VmClaims claims;
    private final VmLifecycle lifecycle;
    private final ConsoleLocations locations = new ConsoleLocations();
    private final Store store;

    /** @param bridges whether the host has a bridge of that name */
    public Vms(
            Store store,
            Hypervisor hypervisor,
            Operations operations,
            Disks disks,
            DomainConfigs configs,
            Clock clock,
            Executor workers,
            DataSources sources,
            Measurements measurements,
            Predicate<String> bridges) {
        this.store = store;
        Alerts alerts = new Alerts(store, clock);
        PowerStates states = new PowerStates(store, hypervisor, clock);
        words = new GuestWords(store, hypervisor, states.reports());
        claims = new VmClaims(store, operations);
        VmDomains domains = new VmDomains(store, hypervisor, disks, configs, states, bridges, words::follow);
        balance = new MemoryBalance(hypervisor, domains.squeeze());
        lifecycle = new VmLifecycle(store, hypervisor, disks, claims, domains, states, alerts);
        VmSuspension suspension = new VmSuspension(store, hypervisor, disks, claims, domains, states, alerts);
        VmCopies copies = new VmCopies(store, disks, claims, suspension, alerts, clock);
        service = new VmService(
                store,
                hypervisor,
                claims,
                lifecycle,
                suspension,
                copies,
                new VmRevert(store, disks, claims, domains, copies, alerts),
                new Provision(store, disks, claims, clock),
                sources,
                measurements,
                disks,
                new VmMemory(store, hypervisor, claims, domains.squeeze(), balance::changed));
        snapshots = new VmssService(store, clock, copies, new VmCreation(store, claims), disks);
        scheduled = new ScheduledSnapshots(store, clock, workers, snapshots::snapshotScheduled);
        appliances = new VmApplianceService(store, operations, lifecycle);
        reconciliation = new Reconciliation(
                store,
                hypervisor,
                disks,
                domains,
                states,
                words,
                new GuestEnds(store, hypervisor, operations, disks, domains, states, alerts, workers),
                new ForeignDomains(store, hypervisor, disks, states));
        store.addDerivation(new MemoryOverhead());
        store.addDerivation(new AllowedOperations());
        store.addDerivation(locations);
        store.addDerivation(appliances);
    }

    public void bind(MessageTable<Call> table) {
        service.bind(table);
        appliances.bind(table);
        snapshots.bind(table);
    }

    /** Holds a VM while it is exported. */
    public Operation beginExport(Call call, Ref<VM> vm) {
        return claims.begin(call, vm, VmOperations.EXPORT);
    }

    /** Holds a VM that is being made while its disks come. */
    public Operation beginImport(Call call, Ref<VM> vm) {
        return claims.beginNow(call, vm, VmOperations.IMPORT, tx -> {});
    }

    /** Holds a VM that another one is about to replace; fails as VM.destroy does. */
    public Operation beginReplacement(Call call, Ref<VM> vm) {
        return claims.beginNow(call, vm, VmOperations.DESTROY, tx -> {
            VmRules.check(tx, vm, VmOperations.DESTROY);
            VmCreation.refuseDefaultTemplate(tx, vm);
        });
    }

    /** Removes a VM and all that is only its own, as a part of a transaction; its disks stay. */
    public static void remove(Transaction tx, Ref<VM> vm) {
        VmCreation.remove(tx, vm);
    }

    /** Stops every VM, for a host that goes down: cleanly where the guest obeys in time, else at once. */
    public void stopAll() {
        lifecycle.stopAll();
    }

    /** Makes the VMs' states true, and keeps them so. */
    public void start() {
        reconciliation.atStart();
        reconciliation.follow();
        balance.start();
    }

    /** Makes the URLs of consoles those of the listeners. */
    public void listening(List<String> endpoints) {
        locations.listening(store, endpoints);
    }

    /** Takes the scheduled snapshots that are due; called every few seconds. */
    public void look() {
        scheduled.look();
    }

    /** Follows nothing any more. */
    public void stop() {
        balance.stop();
        reconciliation.stop();
        words.stop();
    }
}
