package org.jxapi.host;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostAllowedOperations;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VM;

/** Emptying a host: its VMs go to other enabled hosts of the pool, or none goes. */
public final class Evacuation {
    private final Store store;
    private final Operations operations;
    private final GuestMigrations migrations;

    public Evacuation(Store store, Operations operations, GuestMigrations migrations) {
        this.store = store;
        this.operations = operations;
        this.migrations = migrations;
    }

    /** Where a VM goes, or why it stays: one of the two is null. */
    private record Way(@Nullable Ref<Host> host, @Nullable XenApiException error) {}

    /** As XAPI plans: a VM goes if it could run on each of the other hosts, memory aside, and the memory of one suffices. */
    private Map<Ref<VM>, Way> plan(Snapshot snapshot, Ref<Host> host) {
        List<Ref<Host>> targets = snapshot.all(Host.XEN_CLASS).stream()
                .filter(stored ->
                        stored.row().get(Host.ENABLED) && !stored.ref().equals(host))
                .<Ref<Host>>map(Stored::ref)
                .toList();
        Map<Ref<VM>, Way> plan = new LinkedHashMap<>();
        Map<Ref<Host>, Long> room = new HashMap<>();
        targets.forEach(target -> room.put(target, HostFreeMemory.available(snapshot, target, Ref.nil())));
        List<Ref<VM>> largestFirst = new ArrayList<>(guests(snapshot, host));
        largestFirst.sort(Comparator.comparing(vm -> -migrations.needed(snapshot.row(vm))));
        for (Ref<VM> vm : largestFirst) {
            XenApiException error = targets.isEmpty() ? noHosts(vm) : obstacle(snapshot, vm, targets);
            plan.put(vm, error == null ? placed(snapshot, vm, room) : new Way(null, error));
        }
        return plan;
    }

    private @Nullable XenApiException obstacle(Snapshot snapshot, Ref<VM> vm, List<Ref<Host>> targets) {
        try {
            migrations.checkMigratable(snapshot, vm);
            targets.forEach(target -> migrations.checkFits(snapshot, vm, target));
            return null;
        } catch (XenApiException e) {
            return e;
        }
    }

    /** Takes memory of the host that has the most. */
    private Way placed(Snapshot snapshot, Ref<VM> vm, Map<Ref<Host>, Long> room) {
        long needed = migrations.needed(snapshot.row(vm));
        return room.entrySet().stream()
                .filter(entry -> entry.getValue() >= needed)
                .max(Map.Entry.comparingByValue())
                .map(entry -> {
                    entry.setValue(entry.getValue() - needed);
                    return new Way(entry.getKey(), null);
                })
                .orElseGet(() -> new Way(
                        null,
                        new XenApiException(
                                Errors.hostNotEnoughFreeMemory("", "").code(), List.of(vm.value()))));
    }

    /** The VMs that stay, with the error that says why: code and parameters. */
    Map<Ref<VM>, List<String>> prevented(Ref<Host> host) {
        Map<Ref<VM>, List<String>> prevented = new LinkedHashMap<>();
        plan(store.snapshot(), host).forEach((vm, way) -> {
            if (way.error() != null) {
                List<String> text = new ArrayList<>(List.of(way.error().code()));
                text.addAll(way.error().params());
                prevented.put(vm, text);
            }
        });
        return prevented;
    }

    static List<Ref<VM>> guests(Snapshot snapshot, Ref<Host> host) {
        return snapshot.get(host, Host.RESIDENT_VMS).stream()
                .filter(vm -> !snapshot.get(vm, VM.IS_CONTROL_DOMAIN))
                .toList();
    }

    private static XenApiException noHosts(Ref<VM> vm) {
        return new XenApiException(Errors.noHostsAvailable().code(), List.of(vm.value()));
    }

    void check(Ref<Host> host) {
        Map<Ref<VM>, List<String>> prevented = prevented(host);
        if (!prevented.isEmpty()) {
            throw Errors.cannotEvacuateHost(
                    prevented.values().stream().map(e -> String.join(",", e)).collect(Collectors.joining("|")));
        }
    }

    /** Moves all VMs away, one after the other; the null reference is for no network in particular. */
    void evacuate(Call call, Ref<Host> host, Ref<Network> network) {
        HostAllowedOperations what = HostAllowedOperations.EVACUATE;
        try (Operation operation = operations.begin(call, host, what, tx -> HostRules.check(tx, host, what))) {
            Map<Ref<VM>, Ref<Host>> ways = new LinkedHashMap<>();
            Snapshot now = store.snapshot();
            plan(now, host).forEach((vm, way) -> {
                if (way.error() != null) {
                    throw way.error();
                }
                if (way.host() != null) {
                    ways.put(vm, way.host());
                }
            });
            if (!network.isNull()) {
                ways.values().stream().distinct().forEach(to -> MigrationNetwork.check(now, to, network));
            }
            int done = 0;
            for (Map.Entry<Ref<VM>, Ref<Host>> way : ways.entrySet()) {
                call.throwIfCancelled();
                move(way.getKey(), way.getValue(), network);
                done++;
                call.progress((double) done / ways.size());
            }
            int left = guests(store.snapshot(), host).size();
            if (left > 0) {
                throw Errors.internalError("evacuate: " + left + " VMs are still resident on " + host.value());
            }
            operation.finish(tx -> {});
        }
    }

    /** A VM that has stopped meanwhile needs no other host. */
    private void move(Ref<VM> vm, Ref<Host> to, Ref<Network> network) {
        try {
            migrations.migrate(new InternalCall("VM.pool_migrate", store), vm, to, network);
        } catch (XenApiException e) {
            boolean stopped = e.code().equals("VM_BAD_POWER_STATE")
                    || e.code().equals("HANDLE_INVALID")
                            && store.snapshot().find(vm).isEmpty();
            if (!stopped) {
                throw e;
            }
        }
    }
}
