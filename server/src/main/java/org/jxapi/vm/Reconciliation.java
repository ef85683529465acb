package org.jxapi.vm;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.OnCrashBehaviour;
import org.jxapi.xenapi.OnNormalExit;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings VMs in line with the hypervisor's domains: at the start, and when a guest does something on its own. */
final class Reconciliation {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

    private final Store store;
    private final Hypervisor hypervisor;
    private final VmLifecycle lifecycle;
    private final PowerStates states;
    private final Executor workers;

    Reconciliation(Store store, Hypervisor hypervisor, VmLifecycle lifecycle, PowerStates states, Executor workers) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.lifecycle = lifecycle;
        this.states = states;
        this.workers = workers;
    }

    /** Running domains win: what the last run of the daemon left is made true. */
    void atStart() {
        Map<String, DomainInfo> domains = new HashMap<>();
        hypervisor.domains().list().forEach(d -> domains.put(d.uuid().toString(), d));
        store.change(tx -> {
            for (Stored stored : java.util.List.copyOf(tx.all(VM.XEN_CLASS))) {
                Row row = stored.row();
                Ref<VM> vm = Ref.of(stored.ref().value());
                if (row.get(VM.IS_CONTROL_DOMAIN) || row.get(VM.IS_A_TEMPLATE)) {
                    continue;
                }
                DomainInfo domain = domains.get(row.get(VM.UUID));
                boolean thoughtLive = PowerStates.withDomain().contains(row.get(VM.POWER_STATE));
                if (domain != null && !domain.shutdown()) {
                    VmPowerState state = domain.paused() ? VmPowerState.PAUSED : VmPowerState.RUNNING;
                    if (row.get(VM.POWER_STATE) != state || row.get(VM.DOMID) != domain.domid()) {
                        states.started(tx, vm, domain.domid(), state, false);
                    }
                } else if (thoughtLive && domain == null) {
                    LOG.warn("VM {} was running and is not any more", row.get(VM.UUID));
                    states.halted(tx, vm);
                }
            }
        });
        domains.values().stream()
                .filter(DomainInfo::shutdown)
                .forEach(d -> workers.execute(() -> guestStopped(d.uuid(), d.domid(), d.shutdownReason())));
        for (Stored stored : store.snapshot().all(VM.XEN_CLASS)) {
            if (stored.row().get(VM.POWER_STATE) == VmPowerState.RUNNING
                    && !stored.row().get(VM.IS_CONTROL_DOMAIN)) {
                states.guestMayHaveSpoken(Ref.of(stored.ref().value()));
            }
        }
    }

    /** Follows the hypervisor from now on. */
    void follow() {
        hypervisor.events().subscribe(event -> {
            if (event instanceof HypervisorEvent.DomainShutdown shutdown) {
                workers.execute(() -> guestStopped(shutdown.uuid(), shutdown.domid(), shutdown.reason()));
            }
        });
        hypervisor.xenstore().watch("/local/domain", path -> {
            if (path.endsWith("/data/updated")) {
                workers.execute(() -> heard(Long.parseLong(path.split("/")[3])));
            }
        });
    }

    private void heard(long domid) {
        store.snapshot().all(VM.XEN_CLASS).stream()
                .filter(s -> s.row().get(VM.DOMID) == domid)
                .findFirst()
                .ifPresent(s -> states.guestMayHaveSpoken(Ref.of(s.ref().value())));
    }

    /** Acts on a guest that stopped without being asked, as its actions_after say. */
    private void guestStopped(UUID uuid, int domid, ShutdownReason reason) {
        Optional<Stored> found = store.snapshot().byUuid(VM.XEN_CLASS, uuid.toString());
        if (found.isEmpty() || reason == ShutdownReason.SUSPEND) {
            return;
        }
        Row row = found.get().row();
        Ref<VM> vm = Ref.of(found.get().ref().value());
        if (!row.get(VM.CURRENT_OPERATIONS).isEmpty() || row.get(VM.DOMID) != domid) {
            return;
        }
        try {
            if (preserve(row, reason)) {
                store.change(tx -> tx.set(vm, VM.POWER_STATE, VmPowerState.PAUSED));
            } else if (restart(row, reason)) {
                lifecycle.rebuild(vm, store::change);
            } else {
                lifecycle.stop(vm);
            }
        } catch (RuntimeException e) {
            LOG.error("VM {} stopped ({}), and what was to follow failed", uuid, reason, e);
        }
    }

    private static boolean restart(Row vm, ShutdownReason reason) {
        return switch (reason) {
            case REBOOT -> vm.get(VM.ACTIONS_AFTER_REBOOT) == OnNormalExit.RESTART;
            case CRASH, WATCHDOG -> {
                OnCrashBehaviour action = vm.get(VM.ACTIONS_AFTER_CRASH);
                yield action == OnCrashBehaviour.RESTART
                        || action == OnCrashBehaviour.COREDUMP_AND_RESTART
                        || action == OnCrashBehaviour.RENAME_RESTART;
            }
            default -> vm.get(VM.ACTIONS_AFTER_SHUTDOWN) == OnNormalExit.RESTART;
        };
    }

    private static boolean preserve(Row vm, ShutdownReason reason) {
        return (reason == ShutdownReason.CRASH || reason == ShutdownReason.WATCHDOG)
                && vm.get(VM.ACTIONS_AFTER_CRASH) == OnCrashBehaviour.PRESERVE;
    }
}
