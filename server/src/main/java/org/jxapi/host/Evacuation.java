package org.jxapi.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostAllowedOperations;
import org.jxapi.xenapi.VM;

/** Emptying a host. VMs go to other hosts of the pool, and there is none: a host with VMs cannot be emptied. */
public final class Evacuation {
    private final Store store;
    private final Operations operations;

    public Evacuation(Store store, Operations operations) {
        this.store = store;
        this.operations = operations;
    }

    /** The VMs that stay, with the error that says why: code and parameters. */
    Map<Ref<VM>, List<String>> prevented(Ref<Host> host) {
        Map<Ref<VM>, List<String>> prevented = new LinkedHashMap<>();
        for (Ref<VM> vm : guests(store.snapshot(), host)) {
            XenApiException reason = noHosts(vm);
            List<String> text = new ArrayList<>(List.of(reason.code()));
            text.addAll(reason.params());
            prevented.put(vm, text);
        }
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

    void evacuate(Call call, Ref<Host> host) {
        HostAllowedOperations what = HostAllowedOperations.EVACUATE;
        try (Operation operation = operations.begin(call, host, what, tx -> HostRules.check(tx, host, what))) {
            List<Ref<VM>> guests = guests(store.snapshot(), host);
            if (!guests.isEmpty()) {
                throw noHosts(guests.get(0));
            }
            operation.finish(tx -> {});
        }
    }
}
