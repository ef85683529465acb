package org.jxapi.daemon;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.DomainConfigs;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.measure.Measurements;
import org.jxapi.memory.MemoryOverhead;
import org.jxapi.memory.MemoryReclaim;
import org.jxapi.operation.Operations;
import org.jxapi.reconcile.ForeignDomains;
import org.jxapi.reconcile.GuestAgentWatcher;
import org.jxapi.reconcile.GuestShutdownHandler;
import org.jxapi.reconcile.MemoryBalance;
import org.jxapi.reconcile.Reconciliation;
import org.jxapi.schedule.ScheduledSnapshots;
import org.jxapi.schedule.VmssService;
import org.jxapi.storage.Disks;
import org.jxapi.store.Store;
import org.jxapi.vm.Alerts;
import org.jxapi.vm.ConsoleLocations;
import org.jxapi.vm.PowerStates;
import org.jxapi.vm.Provision;
import org.jxapi.vm.Recoverer;
import org.jxapi.vm.VmAllowedOperations;
import org.jxapi.vm.VmApplianceService;
import org.jxapi.vm.VmClaims;
import org.jxapi.vm.VmCopies;
import org.jxapi.vm.VmCreation;
import org.jxapi.vm.VmDomains;
import org.jxapi.vm.VmLifecycle;
import org.jxapi.vm.VmMemory;
import org.jxapi.vm.VmRecovery;
import org.jxapi.vm.VmRevert;
import org.jxapi.vm.VmService;
import org.jxapi.vm.VmSuspension;

/** The messages of VMs, and what keeps their records and their domains in step. */
public final class VmModule {
    private final VmService service;
    private final VmApplianceService appliances;
    private final VmssService snapshots;
    private final ScheduledSnapshots scheduled;
    private final GuestAgentWatcher agents;
    private final Reconciliation reconciliation;
    private final MemoryBalance balance;
    private final VmClaims claims;
    private final VmLifecycle lifecycle;
    private final ConsoleLocations locations = new ConsoleLocations();
    private final VmRecovery recovery;
    private final PowerStates states;
    private final Store store;

    /** @param bridges whether the host has a bridge of that name */
    public VmModule(
            Store store,
            Hypervisor hypervisor,
            Operations operations,
            Disks disks,
            DomainConfigs configs,
            Clock clock,
            Executor workers,
            Measurements measurements,
            Predicate<String> bridges) {
        this.store = store;
        this.recovery = new VmRecovery(store);
        Alerts alerts = new Alerts(store, clock);
        states = new PowerStates(store, hypervisor, clock);
        agents = new GuestAgentWatcher(store, hypervisor, states.reports());
        claims = new VmClaims(store, operations);
        MemoryReclaim reclaim = new MemoryReclaim(store, hypervisor);
        VmDomains domains = new VmDomains(store, hypervisor, disks, configs, states, reclaim, bridges, agents::follow);
        balance = new MemoryBalance(hypervisor, reclaim);
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
                measurements,
                disks,
                new VmMemory(store, hypervisor, claims, reclaim, balance::changed),
                recovery);
        snapshots = new VmssService(store, clock, copies, new VmCreation(store, claims), disks);
        scheduled = new ScheduledSnapshots(store, clock, workers, snapshots::snapshotScheduled);
        appliances = new VmApplianceService(store, operations, lifecycle, recovery);
        reconciliation = new Reconciliation(
                store,
                hypervisor,
                disks,
                domains,
                states,
                agents,
                new GuestShutdownHandler(store, hypervisor, operations, disks, domains, states, alerts, workers),
                new ForeignDomains(store, hypervisor, disks, states));
        store.addDerivation(new MemoryOverhead());
        store.addDerivation(new VmAllowedOperations());
        store.addDerivation(locations);
        store.addDerivation(appliances);
    }

    public void bind(MessageTable<Call> table) {
        service.bind(table);
        appliances.bind(table);
        snapshots.bind(table);
    }

    /** The operations of VMs, for exports and imports. */
    VmClaims claims() {
        return claims;
    }

    /** Sets what makes VMs of those in another pool's database. */
    void recoverWith(Recoverer recoverer) {
        recovery.use(recoverer);
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

    /** Changes that go with a VM's power state. */
    PowerStates states() {
        return states;
    }

    /** Runs work that changes VMs and domains as a whole. */
    void apart(Runnable work) {
        reconciliation.apart(work);
    }

    /** These domains are not what they were. */
    void changed(Collection<Integer> domids) {
        reconciliation.changed(domids);
    }

    /** Follows nothing any more. */
    public void stop() {
        balance.stop();
        reconciliation.stop();
        agents.stop();
    }
}
