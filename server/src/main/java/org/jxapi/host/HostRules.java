package org.jxapi.host;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Derivation;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostAllowedOperations;
import org.jxapi.xenapi.HostMetrics;

/** Which operations a host allows, and the error of each that it does not: XAPI's checks, in XAPI's order. */
public final class HostRules implements Derivation {
    private static final Set<HostAllowedOperations> BRINGING = EnumSet.of(
            HostAllowedOperations.PROVISION, HostAllowedOperations.VM_RESUME, HostAllowedOperations.VM_MIGRATE);
    private static final Set<HostAllowedOperations> EMPTYING =
            EnumSet.of(HostAllowedOperations.EVACUATE, HostAllowedOperations.REBOOT, HostAllowedOperations.SHUTDOWN);
    private static final Set<HostAllowedOperations> WHEN_DISABLED = EnumSet.of(
            HostAllowedOperations.REBOOT, HostAllowedOperations.SHUTDOWN, HostAllowedOperations.APPLY_UPDATES);

    /** Throws the error that forbids an operation on a host now. */
    public static void check(Snapshot snapshot, Ref<Host> host, HostAllowedOperations operation) {
        XenApiException error = error(snapshot, host, snapshot.row(host), operation);
        if (error != null) {
            throw error;
        }
    }

    private static @Nullable XenApiException error(
            Snapshot snapshot, Ref<Host> ref, Row<Host> host, HostAllowedOperations operation) {
        Map<String, HostAllowedOperations> current = host.get(Host.CURRENT_OPERATIONS);
        for (Map.Entry<String, HostAllowedOperations> other : current.entrySet()) {
            if (excludes(other.getValue(), operation)) {
                return Errors.otherOperationInProgress(
                        "host", ref.value(), other.getValue().wire(), other.getKey());
            }
        }
        if (WHEN_DISABLED.contains(operation) && host.get(Host.ENABLED)) {
            return Errors.hostNotDisabled();
        }
        return operation == HostAllowedOperations.POWER_ON ? powerOn(snapshot, ref, host) : null;
    }

    private static boolean excludes(HostAllowedOperations other, HostAllowedOperations operation) {
        if (BRINGING.contains(operation) && EMPTYING.contains(other)
                || EMPTYING.contains(operation) && BRINGING.contains(other)) {
            return true;
        }
        return switch (other) {
            case REBOOT ->
                operation == HostAllowedOperations.SHUTDOWN || operation == HostAllowedOperations.APPLY_UPDATES;
            case SHUTDOWN ->
                operation == HostAllowedOperations.REBOOT || operation == HostAllowedOperations.APPLY_UPDATES;
            case APPLY_UPDATES ->
                operation == HostAllowedOperations.REBOOT
                        || operation == HostAllowedOperations.SHUTDOWN
                        || operation == HostAllowedOperations.ENABLE;
            case PROVISION -> operation == HostAllowedOperations.PROVISION;
            default -> false;
        };
    }

    /** A host is powered on over the network by a plugin, which there is none of. */
    private static @Nullable XenApiException powerOn(Snapshot snapshot, Ref<Host> ref, Row<Host> host) {
        boolean live = snapshot.find(host.get(Host.METRICS))
                .map(m -> m.row().get(HostMetrics.LIVE))
                .orElse(false);
        if (live) {
            return Errors.hostIsLive(ref.value());
        }
        return host.get(Host.POWER_ON_MODE).isEmpty()
                ? Errors.hostPowerOnModeDisabled()
                : Errors.xenapiMissingPlugin("power-on-host");
    }

    @Override
    public void derive(Transaction tx, Collection<ChangeLog.Change> changes) {
        Set<Ref<Host>> hosts = new LinkedHashSet<>();
        for (ChangeLog.Change change : changes) {
            if (change.model() == Host.XEN_CLASS && change.kind() != ChangeLog.Kind.DEL) {
                hosts.add(Host.XEN_CLASS.cast(change.ref()));
            } else if (change.model() == HostMetrics.XEN_CLASS) {
                for (Stored<Host> stored : tx.all(Host.XEN_CLASS)) {
                    hosts.add(stored.ref());
                }
            }
        }
        for (Ref<Host> host : hosts) {
            tx.find(host).ifPresent(stored -> tx.set(host, Host.ALLOWED_OPERATIONS, allowed(tx, host, stored.row())));
        }
    }

    private static List<HostAllowedOperations> allowed(Snapshot snapshot, Ref<Host> host, Row<Host> row) {
        return Stream.of(HostAllowedOperations.values())
                .filter(op -> error(snapshot, host, row, op) == null)
                .toList();
    }
}
