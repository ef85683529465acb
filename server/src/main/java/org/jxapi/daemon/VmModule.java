package org.jxapi.daemon;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.DomainConfigs;
import org.jxapi.host.GuestMigrations;
import org.jxapi.host.HostPlugins;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.local.VmDomain;
import org.jxapi.measure.Measurements;
import org.jxapi.memory.MemoryOverhead;
import org.jxapi.memory.MemoryReclaim;
import org.jxapi.operation.Operations;
import org.jxapi.reconcile.GuestAgentWatcher;
import org.jxapi.reconcile.GuestShutdownHandler;
import org.jxapi.reconcile.MemoryBalance;
import org.jxapi.reconcile.Reconciliation;
import org.jxapi.schedule.ScheduledSnapshots;
import org.jxapi.schedule.VmssService;
import org.jxapi.storage.Disks;
import org.jxapi.storage.MovingVms;
import org.jxapi.store.Store;
import org.jxapi.vm.Alerts;
import org.jxapi.vm.ConsoleLocations;
import org.jxapi.vm.CrashdumpService;
import org.jxapi.vm.PoolMigration;
import org.jxapi.vm.PowerStates;
import org.jxapi.vm.Provision;
import org.jxapi.vm.Recoverer;
import org.jxapi.vm.Relocation;
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
import org.jxapi.vm.VtpmService;
import org.jxapi.xenapi.CrashdumpMessages;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VTPMMessages;

/** The messages of VMs, and what keeps their records and their domains in step. */
public final class VmModule {
    private final VmService service;
    private final VmApplianceService appliances;
    private final VmssService snapshots;
    private final ScheduledSnapshots scheduled;
    private final GuestAgentWatcher agents;
    private final Hosts hosts;
    private final Operations operations;
    private final Disks disks;
    private final VmDomains domains;
    private final GuestShutdownHandler ends;
    private final PerHost<MemoryBalance> balances;
    /** One for each host, the coordinator's first; none before the start. */
    private final List<Reconciliation> reconciliations = new CopyOnWriteArrayList<>();

    private final Hosts.Follower follower = new Hosts.Follower() {
        @Override
        public void added(Hosts.Driven host) {
            follow(host);
        }

        @Override
        public void removed(Hosts.Driven host) {
            leave(host);
        }
    };

    private final VmClaims claims;
    private final VmLifecycle lifecycle;
    private final ConsoleLocations locations = new ConsoleLocations();
    private final VmRecovery recovery;
    private final PowerStates states;
    private final Relocation relocation;
    private final PoolMigration migrations;
    private final Store store;

    /**
     * @param bridges whether a host has a bridge of that name
     * @param plugged gives a new domain the devices that libxl does not create with it
     * @param plugins for VM.call_host_plugin
     */
    public VmModule(
            Store store,
            Hosts hosts,
            Operations operations,
            Disks disks,
            DomainConfigs configs,
            Clock clock,
            Executor workers,
            Measurements measurements,
            BiPredicate<Hypervisor, String> bridges,
            BiConsumer<Ref<VM>, VmDomain> plugged,
            HostPlugins plugins) {
        this.store = store;
        this.hosts = hosts;
        this.operations = operations;
        this.disks = disks;
        this.recovery = new VmRecovery(store);
        Alerts alerts = new Alerts(store, clock);
        states = new PowerStates(store, hosts, clock);
        agents = new GuestAgentWatcher(store, hosts, states.reports());
        claims = new VmClaims(store, operations, hosts::isConnected);
        PerHost<MemoryReclaim> reclaim =
                new PerHost<>(hosts, hypervisor -> new MemoryReclaim(store, hosts, hypervisor));
        domains = new VmDomains(store, hosts, disks, configs, states, reclaim, bridges, plugged, agents::follow);
        balances = new PerHost<>(
                hosts, hypervisor -> new MemoryBalance(hypervisor, reclaim.of(hypervisor)), MemoryBalance::stop);
        lifecycle = new VmLifecycle(store, disks, claims, domains, states, alerts);
        VmSuspension suspension = new VmSuspension(store, disks, claims, domains, states, alerts);
        relocation = new Relocation(store, disks, claims, domains, states, suspension);
        migrations = new PoolMigration(store, claims, domains, states, relocation, alerts);
        VmCopies copies = new VmCopies(store, disks, claims, suspension, alerts, clock);
        service = new VmService(
                store,
                hosts,
                claims,
                lifecycle,
                suspension,
                relocation,
                migrations,
                copies,
                new VmRevert(store, disks, claims, domains, copies, alerts),
                new Provision(store, disks, claims, clock),
                measurements,
                disks,
                new VmMemory(
                        store,
                        hosts,
                        claims,
                        reclaim,
                        hypervisor -> balances.of(hypervisor).changed()),
                recovery,
                plugins);
        snapshots = new VmssService(store, clock, copies, new VmCreation(store, claims), disks);
        scheduled = new ScheduledSnapshots(store, clock, workers, snapshots::snapshotScheduled);
        appliances = new VmApplianceService(store, operations, lifecycle, recovery);
        ends = new GuestShutdownHandler(store, operations, disks, domains, states, alerts, workers);
        store.addDerivation(new MemoryOverhead());
        store.addDerivation(new VmAllowedOperations());
        store.addDerivation(locations);
        store.addDerivation(appliances);
    }

    public void bind(MessageTable<Call> table) {
        service.bind(table);
        appliances.bind(table);
        snapshots.bind(table);
        VTPMMessages.bind(table, new VtpmService(store));
        CrashdumpMessages.bind(table, new CrashdumpService(store, disks));
    }

    /** The operations of VMs, for exports and imports. */
    VmClaims claims() {
        return claims;
    }

    /** The VMs whose disks move. */
    MovingVms movers() {
        return relocation;
    }

    /** How VMs leave a host. */
    GuestMigrations migrations() {
        return migrations;
    }

    /** Sets what makes VMs of those in another pool's database. */
    void recoverWith(Recoverer recoverer) {
        recovery.use(recoverer);
    }

    /** Stops every VM of a host that goes down: cleanly where the guest obeys in time, else at once. */
    public void stopAll(Ref<Host> host) {
        lifecycle.stopAll(host);
    }

    /** Shows the VMs of a host that does not come back as halted. */
    void resetAll(Ref<Host> host) {
        lifecycle.resetAll(host);
    }

    /** Makes the VMs' states true, and keeps them so. */
    public void start() {
        List<Hosts.Driven> first = hosts.all(store.snapshot());
        first.forEach(here -> reconciliations.add(reconciliation(here)));
        Reconciliation.atStart(reconciliations, store, disks);
        hosts.follow(store.snapshot(), follower);
    }

    private Reconciliation reconciliation(Hosts.Driven here) {
        return new Reconciliation(store, hosts, here, operations, disks, domains, states, agents, ends);
    }

    private void follow(Hosts.Driven here) {
        Reconciliation reconciliation = reconciliations.stream()
                .filter(one -> one.isOf(here.hypervisor()))
                .findFirst()
                .orElseGet(() -> {
                    Reconciliation made = reconciliation(here);
                    reconciliations.add(made);
                    return made;
                });
        reconciliation.follow();
        balances.of(here.hypervisor()).start();
    }

    private void leave(Hosts.Driven here) {
        List<Reconciliation> left = reconciliations.stream()
                .filter(one -> one.isOf(here.hypervisor()))
                .toList();
        reconciliations.removeAll(left);
        left.forEach(Reconciliation::stop);
        agents.leave(here.hypervisor());
    }

    /** Makes the URLs of consoles those of the listeners. */
    public void listening(List<String> endpoints) {
        locations.listening(store, endpoints);
    }

    /** Takes the scheduled snapshots that are due; called every few seconds. */
    public void look() {
        scheduled.look();
    }

    /** Takes the scheduled snapshots that were due since a moment from which a simulated clock has gone forward. */
    void passed(Instant from) {
        scheduled.passed(from);
    }

    /** Changes that go with a VM's power state. */
    PowerStates states() {
        return states;
    }

    /** Runs work that changes VMs and domains as a whole. */
    void apart(Runnable work) {
        Runnable all = work;
        for (Reconciliation one : reconciliations) {
            Runnable inner = all;
            all = () -> one.apart(inner);
        }
        all.run();
    }

    /** These domains of each host are not what they were. */
    void changed(Map<Hypervisor, ? extends Collection<Integer>> domids) {
        reconciliations.forEach(one -> one.changed(domids));
    }

    /** Follows nothing any more. */
    public void stop() {
        hosts.unfollow(follower);
        balances.made().forEach(MemoryBalance::stop);
        reconciliations.forEach(Reconciliation::stop);
        agents.stop();
    }
}
