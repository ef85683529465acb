package org.jxapi.reconcile;

import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.domain.ForeignRules;
import org.jxapi.guest.GuestNodes;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.local.Hosts;
import org.jxapi.local.Unreachable;
import org.jxapi.local.VmDomain;
import org.jxapi.operation.Operations;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.vm.PowerStates;
import org.jxapi.vm.VmDomains;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps VMs in line with the domains of one host, whether this daemon, its last run, a guest or another tool of the
 * host has changed them. Events only trigger a look: the list of domains is always the truth. VMs with an operation in
 * progress are left to that operation.
 */
public final class Reconciliation {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);
    /** How often it looks without being told to: what other tools change is seen within this. */
    private static final long EVERY_MS = 3000;
    /** When it looks again after something was not ready to be acted upon. */
    private static final long AGAIN_MS = 200;

    private static final long LATER_MS = 5000;

    private final Store store;
    private final Hosts hosts;
    private final Hosts.Driven here;
    private final Hypervisor hypervisor;
    private final Operations operations;
    private final Disks disks;
    private final VmDomains domains;
    private final PowerStates states;
    private final GuestShutdownHandler ends;
    private final ForeignDomains foreign;
    private final DomainFacts facts;
    private final GuestAgentWatcher words;
    private final GuestNodes guests;
    /** Domains whose guests have in xenstore what they need. */
    private final Set<Integer> completed = new HashSet<>();

    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

    /** Whether what a kill of the daemon, or a lost connection to an agent, has left is to be cleared up. */
    private volatile boolean unclear = true;

    private final HostEventThread follower = new HostEventThread("reconciliation", "Reconciliation: failed");
    /** Looks after what is being looked at now. */
    private final Runnable lookSoon = follower.once(this::look, 0);

    private final Runnable lookAgain = follower.once(this::look, AGAIN_MS);
    /** Looks for what may take hours, or never comes. */
    private final Runnable lookLater = follower.once(this::look, LATER_MS);

    /** @param here the host whose domains are compared */
    public Reconciliation(
            Store store,
            Hosts hosts,
            Hosts.Driven here,
            Operations operations,
            Disks disks,
            VmDomains domains,
            PowerStates states,
            GuestAgentWatcher words,
            GuestShutdownHandler ends) {
        this.store = store;
        this.hosts = hosts;
        this.here = here;
        this.hypervisor = here.hypervisor();
        this.operations = operations;
        this.disks = disks;
        this.domains = domains;
        this.states = states;
        this.words = words;
        this.ends = ends;
        this.foreign = new ForeignDomains(store, here, disks, states, Clock.systemUTC());
        this.guests = new GuestNodes(hypervisor);
        this.facts = new DomainFacts(store, hypervisor);
    }

    /**
     * Makes true what the last run of the daemon left on all hosts; running domains win. A host that cannot be reached
     * follows when it can.
     */
    public static void atStart(List<Reconciliation> all, Store store, Disks disks) {
        all.forEach(one -> one.ifReachable(one::clear));
        Set<Ref<Host>> later = all.stream()
                .filter(one -> one.unclear)
                .map(one -> one.here.host())
                .collect(Collectors.toSet());
        CrashRecovery.finish(store, disks, later);
        all.forEach(one -> one.ifReachable(one::look));
    }

    private void ifReachable(Runnable work) {
        try {
            work.run();
        } catch (XenApiException e) {
            if (!Unreachable.is(e)) {
                throw e;
            }
            LOG.debug(
                    "Reconciliation: host {} cannot be reached yet", here.host().value());
        }
    }

    /** Follows the hypervisor from now on. */
    public void follow() {
        subscriptions.add(hypervisor.events().subscribe(this::happened, this::missed));
        subscriptions.add(hypervisor.xenstore().watch(Xenstore.INTRODUCE_DOMAIN, path -> lookSoon.run()));
        subscriptions.add(hypervisor.xenstore().watch(Xenstore.RELEASE_DOMAIN, path -> lookSoon.run()));
        follower.repeat(this::look, EVERY_MS);
        lookSoon.run();
    }

    /** The agent of the host is connected again: what was asked of it before may have ended halfway. */
    private void missed() {
        unclear = true;
        lookSoon.run();
    }

    private void clear() {
        unclear = false;
        try {
            new CrashRecovery(store, hosts, here, operations, domains).clear();
        } catch (RuntimeException e) {
            unclear = true;
            throw e;
        }
    }

    private void happened(HypervisorEvent event) {
        if (event instanceof HypervisorEvent.DiskEject eject) {
            follower.run(() -> facts.ejected(eject.uuid(), eject.disk().vdev()));
            return;
        }
        if (event instanceof HypervisorEvent.DomainDeath death) {
            words.gone(domain(death.domid()));
        }
        lookSoon.run();
    }

    /** Runs work while nothing is compared; when it is done, all is compared again. It throws what the work throws. */
    public void apart(Runnable work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        follower.run(() -> {
            try {
                work.run();
                completed.clear();
                ifReachable(this::look);
                done.complete(null);
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        try {
            done.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException reason ? reason : e;
        }
    }

    /** These domains are not what they were: the reports of their guests are read again. */
    public void changed(Map<Hypervisor, ? extends Collection<Integer>> domids) {
        Collection<Integer> own = domids.get(hypervisor);
        if (own != null) {
            own.forEach(domid -> words.gone(domain(domid)));
        }
    }

    public void stop() {
        subscriptions.forEach(Subscription::close);
        follower.stop();
    }

    /** Whether it compares the domains of that hypervisor. */
    public boolean isOf(Hypervisor other) {
        return hypervisor.equals(other);
    }

    private VmDomain domain(int domid) {
        return new VmDomain(here.host(), hypervisor, domid);
    }

    private void look() {
        if (unclear) {
            clear();
        }
        // The snapshot is older than the list: what it says of a VM is still so if the row has not changed since.
        Snapshot before = store.snapshot();
        Map<UUID, DomainInfo> others = listed();
        List<Integer> domids = others.values().stream().map(DomainInfo::domid).toList();
        completed.retainAll(domids);
        foreign.remain(domids);
        boolean again = false;
        boolean later = false;
        for (Stored<VM> stored : before.all(VM.XEN_CLASS)) {
            Row<VM> row = stored.row();
            if (row.get(VM.IS_CONTROL_DOMAIN) || row.get(VM.IS_A_TEMPLATE)) {
                continue;
            }
            DomainInfo domain = others.remove(UUID.fromString(row.get(VM.UUID)));
            Ref<VM> vm = stored.ref();
            if (!row.get(VM.RESIDENT_ON).isNull() && !hosts.has(hypervisor, row)) {
                leftOver(vm, row, domain);
                continue;
            }
            words.follow(row);
            if (row.get(VM.CURRENT_OPERATIONS).isEmpty()) {
                compare(vm, row, domain);
                later |= domain != null && !domain.shutdown() && !foreign.complete(vm, row, domain);
            } else {
                again |= PowerStates.withDomain().contains(row.get(VM.POWER_STATE))
                        && (domain == null || domain.shutdown());
            }
        }
        foreign.keepOnly(others.values());
        for (DomainInfo domain : others.values()) {
            again |= !domain.shutdown() && !foreign.appeared(domain);
        }
        if (again) {
            lookAgain.run();
        }
        if (later) {
            lookLater.run();
        }
    }

    /** A VM runs where it is resident: what is left of it on the host that it came from is removed. */
    private void leftOver(Ref<VM> vm, Row<VM> row, @Nullable DomainInfo domain) {
        if (domain != null && row.get(VM.CURRENT_OPERATIONS).isEmpty()) {
            LOG.warn("VM {}: runs on another host, so its domain {} is destroyed", row.get(VM.UUID), domain.domid());
            domains.destroy(vm, hypervisor, row.get(VM.UUID));
        }
    }

    /** All domains but the control domain; of two with one UUID, as in a reboot, the one that lives. */
    private Map<UUID, DomainInfo> listed() {
        Map<UUID, DomainInfo> listed = new LinkedHashMap<>();
        for (DomainInfo domain : hypervisor.domains().list()) {
            if (domain.domid() != Hypervisor.DOM0 && !domain.dying()) {
                listed.merge(domain.uuid(), domain, (one, other) -> one.shutdown() ? other : one);
            }
        }
        return listed;
    }

    private void compare(Ref<VM> vm, Row<VM> row, DomainInfo domain) {
        boolean live = PowerStates.withDomain().contains(row.get(VM.POWER_STATE));
        boolean ours = !ForeignRules.isForeign(row);
        if (domain == null) {
            if (live && ours) {
                ended(vm, row);
            } else if (live) {
                foreign.vanished(vm);
            }
        } else if (ours && !live && VmDomains.hasNotRun(domain)) {
            LOG.debug("Domain {} of VM {} is being made or taken away", domain.domid(), row.get(VM.UUID));
        } else if (!domain.shutdown()) {
            lives(vm, row, domain);
        } else if (ours && domain.shutdownReason() != ShutdownReason.SUSPEND) {
            if (live && row.get(VM.DOMID) == domain.domid()) {
                ends.ended(vm, domain(domain.domid()), domain.shutdownReason());
            } else if (!live) {
                LOG.warn("VM {}: not running, so its domain {} is destroyed", row.get(VM.UUID), domain.domid());
                domains.destroy(vm, hypervisor, row.get(VM.UUID));
            }
        }
    }

    /** The domain went without this daemon: somebody destroyed it, or it went while no daemon ran. */
    private void ended(Ref<VM> vm, Row<VM> row) {
        unchanged(vm, row, tx -> {
            LOG.warn("VM {}: halted, because its domain has ended", row.get(VM.UUID));
            // An operation that saved the VM and was stopped before its end has named the image.
            if (tx.find(row.get(VM.SUSPEND_VDI)).isPresent()) {
                states.suspended(tx, vm);
            } else {
                states.halted(tx, vm);
            }
        });
    }

    private void lives(Ref<VM> vm, Row<VM> row, DomainInfo domain) {
        boolean paused = domain.paused() && !VmDomains.arrives(row, domain);
        VmPowerState state = paused ? VmPowerState.PAUSED : VmPowerState.RUNNING;
        if (row.get(VM.DOMID) != domain.domid() || !PowerStates.withDomain().contains(row.get(VM.POWER_STATE))) {
            Ref<VDI> image = row.get(VM.SUSPEND_VDI);
            unchanged(vm, row, tx -> {
                LOG.info("VM {}: runs as domain {}", row.get(VM.UUID), domain.domid());
                states.started(tx, vm, domain(domain.domid()), state, false, Set.copyOf(tx.get(vm, VM.VBDS)));
                tx.set(vm, VM.SUSPEND_VDI, Ref.nil());
            });
            // The guest went on: what was saved of it is not its state any more.
            if (store.snapshot().get(vm, VM.SUSPEND_VDI).isNull()) {
                disks.destroyIfThere(image);
            }
        } else if (row.get(VM.POWER_STATE) != state) {
            unchanged(vm, row, tx -> tx.set(vm, VM.POWER_STATE, state));
        }
        facts.update(vm, domain);
        if (!ForeignRules.isForeign(row)) {
            complete(vm, domain.domid());
        }
    }

    /** Lets the guest of a domain that was not made just now tell what agents tell: an older jxapi may have made it. */
    private void complete(Ref<VM> vm, int domid) {
        if (!completed.contains(domid)) {
            store.snapshot()
                    .find(vm)
                    .filter(stored -> stored.row().get(VM.DOMID) == domid)
                    .ifPresent(stored -> guests.complete(stored.row(), domid));
            completed.add(domid);
        }
    }

    /** Changes a VM unless it has changed since it was looked at. */
    private void unchanged(Ref<VM> vm, Row<VM> row, Consumer<Transaction> change) {
        store.change(tx -> {
            if (tx.find(vm).isPresent()) {
                Row<VM> now = tx.row(vm);
                boolean same = now.get(VM.POWER_STATE) == row.get(VM.POWER_STATE)
                        && now.get(VM.DOMID).equals(row.get(VM.DOMID))
                        && now.get(VM.CURRENT_OPERATIONS).isEmpty();
                if (same) {
                    change.accept(tx);
                }
            }
        });
    }
}
