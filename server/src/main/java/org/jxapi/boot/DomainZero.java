package org.jxapi.boot;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Console;
import org.jxapi.xenapi.ConsoleProtocol;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.OnCrashBehaviour;
import org.jxapi.xenapi.OnNormalExit;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VmPowerState;

/** The control domain's VM record. */
final class DomainZero {
    private static final String NAME = "Control domain on host: ";
    /** XAPI's port for it, which clients cannot reach. */
    private static final long TEXT_PORT = 9500;

    private DomainZero() {}

    static void create(Transaction tx, Ref<Host> host, HostFacts facts) {
        String uuid = facts.controlDomain().uuid();
        Ref<VM> vm = tx.create(Row.of(VM.XEN_CLASS)
                .with(VM.UUID, uuid.isEmpty() ? FreshIds.uuid("VM").toString() : uuid)
                .with(VM.NAME_LABEL, NAME + facts.hostname())
                .with(VM.NAME_DESCRIPTION, "The domain that drives the host's devices and its other domains")
                .with(VM.IS_CONTROL_DOMAIN, true)
                .with(VM.DOMID, 0L)
                .with(VM.DOMARCH, "x64")
                .with(VM.DOMAIN_TYPE, DomainType.PV)
                .with(VM.POWER_STATE, VmPowerState.RUNNING)
                .with(VM.RESIDENT_ON, host)
                .with(VM.AFFINITY, host)
                .with(VM.USER_VERSION, 1L)
                .with(VM.ACTIONS_AFTER_SHUTDOWN, OnNormalExit.DESTROY)
                .with(VM.ACTIONS_AFTER_REBOOT, OnNormalExit.DESTROY)
                .with(VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.DESTROY)
                .with(VM.HVM_SHADOW_MULTIPLIER, 1.0)
                .with(VM.METRICS, tx.create(Row.of(VMMetrics.XEN_CLASS))));
        tx.set(host, Host.CONTROL_DOMAIN, vm);
    }

    /**
     * Brings size, name and console up to date; a name that an administrator gave it stays.
     *
     * @param textConsole whether the host serves a text console of its own; there is an object for it only then
     */
    static void update(Transaction tx, Ref<Host> host, HostFacts facts, boolean textConsole) {
        Ref<VM> vm = tx.get(host, Host.CONTROL_DOMAIN);
        updateConsole(tx, vm, textConsole);
        long memory = facts.controlDomain().memory();
        long vcpus = facts.controlDomain().vcpus();
        if (tx.get(vm, VM.NAME_LABEL).startsWith(NAME)) {
            tx.set(vm, VM.NAME_LABEL, NAME + facts.hostname());
        }
        tx.set(vm, VM.VCPUS_MAX, vcpus);
        tx.set(vm, VM.VCPUS_AT_STARTUP, vcpus);
        for (var least : List.of(VM.MEMORY_STATIC_MIN, VM.MEMORY_DYNAMIC_MIN)) {
            tx.set(vm, least, facts.controlDomain().keeps());
        }
        for (var most : List.of(VM.MEMORY_TARGET, VM.MEMORY_DYNAMIC_MAX, VM.MEMORY_STATIC_MAX)) {
            tx.set(vm, most, memory);
        }
        Ref<VMMetrics> metrics = tx.get(vm, VM.METRICS);
        Map<Long, Double> utilisation = new LinkedHashMap<>();
        for (long i = 0; i < vcpus; i++) {
            utilisation.put(i, 0.0);
        }
        tx.set(metrics, VMMetrics.MEMORY_ACTUAL, memory);
        tx.set(metrics, VMMetrics.VCPUS_NUMBER, vcpus);
        tx.set(metrics, VMMetrics.VCPUS_UTILISATION, utilisation);
        tx.set(metrics, VMMetrics.CURRENT_DOMAIN_TYPE, DomainType.PV);
    }

    /** Early versions made objects for a screen too, and nothing answered there. */
    private static void updateConsole(Transaction tx, Ref<VM> vm, boolean wanted) {
        boolean there = false;
        for (Ref<Console> console : tx.get(vm, VM.CONSOLES)) {
            if (wanted && !there && tx.get(console, Console.PROTOCOL) == ConsoleProtocol.VT100) {
                there = true;
            } else {
                tx.destroy(console);
            }
        }
        if (wanted && !there) {
            tx.create(Row.of(Console.XEN_CLASS)
                    .with(Console.PROTOCOL, ConsoleProtocol.VT100)
                    .with(Console.VM, vm)
                    .with(Console.PORT, TEXT_PORT));
        }
    }
}
