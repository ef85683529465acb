package org.jxapi.vm;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.host.HostPlugins;
import org.jxapi.operation.Operation;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/**
 * VM.call_plugin: what a guest's agent can be asked to do, none of which is there, as XAPI's errors say. And plug-ins of the
 * host that are called for a VM.
 */
final class VmPlugins {
    private static final String AGENT = "guest-agent-operation";
    /** How often a VM's plugin may be called; XAPI's value. */
    private static final double INTERVAL_SECONDS = 10;

    private final Store store;
    private final VmClaims claims;
    private final HostPlugins host;
    private final Map<String, Long> latest = new ConcurrentHashMap<>();

    VmPlugins(Store store, VmClaims claims, HostPlugins host) {
        this.store = store;
        this.claims = claims;
        this.host = host;
    }

    String call(Call call, Ref<VM> vm, String plugin, String function) {
        try (Operation operation = claims.begin(call, vm, VmOperations.CALL_PLUGIN)) {
            if (!plugin.equals(AGENT)) {
                throw Errors.xenapiMissingPlugin(plugin);
            }
            limit(vm);
            switch (function) {
                case "run-script" -> throw Errors.featureRestricted();
                case "request-rdp-on", "request-rdp-off" -> {
                    String said = "The requested fn \"" + function + "\" of plugin \"" + plugin
                            + "\" could not be executed for lack of guest agent control feature.";
                    throw Errors.xenapiPluginFailure("failed to execute fn", said, said);
                }
                default -> {
                    String said =
                            "The requested fn \"" + function + "\" could not be found in plugin \"" + plugin + "\".";
                    throw Errors.xenapiPluginFailure("failed to find fn", said, said);
                }
            }
        }
    }

    private void limit(Ref<VM> vm) {
        long now = System.nanoTime();
        long interval = (long) (INTERVAL_SECONDS * TimeUnit.SECONDS.toNanos(1));
        latest.values().removeIf(then -> now - then > interval);
        Long then = latest.putIfAbsent(vm.value(), now);
        if (then != null) {
            throw Errors.vmCallPluginRateLimit(
                    vm.value(), INTERVAL_SECONDS + "", Double.toString((then + interval - now) / 1e9));
        }
    }

    String callHost(Call call, Ref<VM> vm, String plugin, String function, Map<String, String> args) {
        Snapshot now = store.snapshot();
        VmPowerState state = now.get(vm, VM.POWER_STATE);
        if (state != VmPowerState.RUNNING) {
            throw new XenApiException(
                    "VM_BAD_POWER_STATE", List.of(vm.value(), VmPowerState.RUNNING.wire(), state.wire()));
        }
        try (Operation operation = claims.begin(call, vm, VmOperations.CALL_PLUGIN)) {
            return host.callProgram(now.get(vm, VM.RESIDENT_ON), call.session(), plugin, function, args);
        }
    }
}
