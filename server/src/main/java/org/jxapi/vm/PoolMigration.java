package org.jxapi.vm;

import java.util.Optional;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.CurrentDomain;
import org.jxapi.domain.GuestConsoles;
import org.jxapi.host.GuestMigrations;
import org.jxapi.host.MigrationNetwork;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.VmDomain;
import org.jxapi.memory.MemoryOverhead;
import org.jxapi.operation.Operation;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.vm.Alerts.Alert;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves running VMs to other hosts of the pool, with the memory of their guests. Their disks stay where they are: both
 * hosts reach them. The transaction that moves {@code resident_on} decides: before it the guest goes on at the old host,
 * after it at the new one, also if the daemon is killed.
 */
public final class PoolMigration implements GuestMigrations {
    private static final Logger LOG = LoggerFactory.getLogger(PoolMigration.class);

    private final Store store;
    private final VmClaims claims;
    private final VmDomains domains;
    private final PowerStates states;
    private final Relocation relocation;
    private final Alerts alerts;

    public PoolMigration(
            Store store, VmClaims claims, VmDomains domains, PowerStates states, Relocation relocation, Alerts alerts) {
        this.store = store;
        this.claims = claims;
        this.domains = domains;
        this.states = states;
        this.relocation = relocation;
        this.alerts = alerts;
    }

    /** Moves a VM to a host; to its own, it gets a new domain there. */
    void migrate(Call call, Ref<VM> vm, Ref<Host> host, Ref<Network> network, boolean force) {
        Snapshot before = store.snapshot();
        Ref<Host> source = before.get(vm, VM.RESIDENT_ON);
        if (source.isNull() || source.equals(host)) {
            relocation.relocate(call, vm, force);
            alerts.write(vm, Alert.VM_MIGRATED, route(store.snapshot(), source, host));
            return;
        }
        try (Operation operation = claims.beginMigrationTo(call, vm, host, force)) {
            try {
                if (!network.isNull()) {
                    MigrationNetwork.check(store.snapshot(), host, network);
                }
                move(vm, host);
            } catch (RuntimeException | Error e) {
                claims.unschedule(vm);
                throw e;
            }
            operation.finish(tx -> alerts.write(tx, vm, Alert.VM_MIGRATED, route(tx, source, host)));
        }
        domains.follow(vm);
    }

    private static String route(Snapshot snapshot, Ref<Host> from, Ref<Host> to) {
        return "migrated from " + named(snapshot, from) + " to " + named(snapshot, to);
    }

    private static String named(Snapshot snapshot, Ref<Host> host) {
        return snapshot.find(host)
                .map(found -> "host '" + found.row().get(Host.NAME_LABEL) + "' (uuid: "
                        + found.row().get(Host.UUID) + ")")
                .orElse("no host");
    }

    private void move(Ref<VM> vm, Ref<Host> host) {
        VmDomain old = domains.domain(vm);
        // The new domain gets exactly the disks of the old one, where they stay attached: no other VM can take them.
        Set<Ref<VBD>> vbds = VmDisks.attached(store.snapshot(), vm);
        VmDomain made = transfer(vm, old, host, vbds);
        try {
            store.change(tx -> {
                VmDomains.checkStillHas(tx, vm, old);
                arrive(tx, vm, made, vbds);
            });
        } catch (XenApiException e) {
            domains.drop(made);
            goOn(old);
            throw e;
        }
        try {
            made.hypervisor().domains().unpause(made.domid());
        } catch (HypervisorException e) {
            goBack(vm, old, made, vbds);
            throw domains.failed(vm, e);
        }
        domains.drop(old);
    }

    private void arrive(Transaction tx, Ref<VM> vm, VmDomain domain, Set<Ref<VBD>> vbds) {
        GuestConsoles.destroy(tx, vm);
        states.started(tx, vm, domain, VmPowerState.RUNNING, false, vbds);
    }

    /** The guest cannot run at the new host, so it goes on at the old one, unless the VM has been ended meanwhile. */
    private void goBack(Ref<VM> vm, VmDomain old, VmDomain made, Set<Ref<VBD>> vbds) {
        boolean returns = store.transact(tx -> {
            boolean mine = CurrentDomain.is(tx, vm, made);
            if (mine) {
                arrive(tx, vm, old, vbds);
            }
            return mine;
        });
        domains.drop(made);
        if (returns) {
            goOn(old);
        } else {
            domains.drop(old);
        }
    }

    /**
     * Builds the guest's domain at another host while this one sends the guest's memory, and leaves it paused there. The
     * guest goes on if that fails.
     */
    private VmDomain transfer(Ref<VM> vm, VmDomain old, Ref<Host> host, Set<Ref<VBD>> vbds) {
        try (MemoryPipe pipe = new MemoryPipe();
                MemorySender sender = new MemorySender(old, pipe)) {
            VmDomain made;
            try {
                made = domains.receive(vm, host, pipe.in(), vbds);
            } catch (RuntimeException | Error e) {
                pipe.close();
                sender.close();
                Optional<RuntimeException> reason = sender.outcome();
                goOn(old);
                // Memory that ended early is only a consequence.
                reason.ifPresent(failure -> throwFailure(vm, failure));
                throw e;
            }
            pipe.close();
            sender.outcome().ifPresent(failure -> {
                domains.drop(made);
                goOn(old);
                throwFailure(vm, failure);
            });
            return made;
        }
    }

    private void throwFailure(Ref<VM> vm, RuntimeException failure) {
        throw failure instanceof HypervisorException e ? domains.failed(vm, e) : failure;
    }

    private static void goOn(VmDomain domain) {
        try {
            domain.hypervisor().domains().resume(domain.domid(), true);
        } catch (HypervisorException e) {
            LOG.debug("Domain {} has been ended while it was moved: {}", domain.domid(), e.getMessage());
        }
    }

    @Override
    public void checkFits(Snapshot snapshot, Ref<VM> vm, Ref<Host> host) {
        VmBoot.checkAllButMemory(snapshot, vm, host);
    }

    @Override
    public void checkMigratable(Snapshot snapshot, Ref<VM> vm) {
        VmRules.check(snapshot, vm, VmOperations.POOL_MIGRATE);
    }

    @Override
    public long needed(Row<VM> vm) {
        return MemoryOverhead.withOverhead(vm, vm.get(VM.MEMORY_DYNAMIC_MIN));
    }

    @Override
    public void migrate(Call call, Ref<VM> vm, Ref<Host> host, Ref<Network> network) {
        migrate(call, vm, host, network, false);
    }
}
