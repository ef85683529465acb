package org.jxapi.pool;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Derivation;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Cluster;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.PoolAllowedOperations;

/** Which operations a pool allows: XAPI's two groups, those that exclude all others and those that others wait for. */
public final class PoolRules implements Derivation {
    /** Operations that forbid every other one, with the error that says so. */
    private static final Map<PoolAllowedOperations, Supplier<XenApiException>> BLOCKING = Map.of(
            PoolAllowedOperations.HA_ENABLE, Errors::haEnableInProgress,
            PoolAllowedOperations.HA_DISABLE, Errors::haDisableInProgress,
            PoolAllowedOperations.CLUSTER_CREATE, Errors::clusterCreateInProgress,
            PoolAllowedOperations.DESIGNATE_NEW_MASTER, Errors::designateNewMasterInProgress,
            PoolAllowedOperations.TLS_VERIFICATION_ENABLE, Errors::tlsVerificationEnableInProgress,
            PoolAllowedOperations.CONFIGURE_REPOSITORIES, Errors::configureRepositoriesInProgress,
            PoolAllowedOperations.SYNC_UPDATES, Errors::syncUpdatesInProgress,
            PoolAllowedOperations.SYNC_BUNDLE, Errors::syncBundleInProgress,
            PoolAllowedOperations.APPLY_UPDATES, Errors::applyUpdatesInProgress);

    /** XAPI's order, in which the first blocking operation under way gives the error. */
    private static final List<PoolAllowedOperations> ORDER = List.of(
            PoolAllowedOperations.HA_ENABLE,
            PoolAllowedOperations.HA_DISABLE,
            PoolAllowedOperations.CLUSTER_CREATE,
            PoolAllowedOperations.DESIGNATE_NEW_MASTER,
            PoolAllowedOperations.TLS_VERIFICATION_ENABLE,
            PoolAllowedOperations.CONFIGURE_REPOSITORIES,
            PoolAllowedOperations.SYNC_UPDATES,
            PoolAllowedOperations.SYNC_BUNDLE,
            PoolAllowedOperations.APPLY_UPDATES,
            PoolAllowedOperations.CERT_REFRESH,
            PoolAllowedOperations.EXCHANGE_CERTIFICATES_ON_JOIN,
            PoolAllowedOperations.EXCHANGE_CA_CERTIFICATES_ON_JOIN,
            PoolAllowedOperations.COPY_PRIMARY_HOST_CERTS,
            PoolAllowedOperations.EJECT,
            PoolAllowedOperations.GET_UPDATES,
            PoolAllowedOperations.EXCHANGE_CRLS_ON_JOIN);

    /** Refuses an operation that the pool does not allow now, with XAPI's error. */
    public static void check(Snapshot snapshot, Ref<Pool> pool, PoolAllowedOperations operation) {
        Row<Pool> row = snapshot.row(pool);
        if (row.get(Pool.IS_PSR_PENDING)) {
            throw Errors.poolSecretRotationPending();
        }
        XenApiException error = error(snapshot, pool, row, operation);
        if (error != null) {
            throw error;
        }
    }

    private static @Nullable XenApiException error(
            Snapshot snapshot, Ref<Pool> pool, Row<Pool> row, PoolAllowedOperations operation) {
        Map<String, PoolAllowedOperations> current = row.get(Pool.CURRENT_OPERATIONS);
        for (PoolAllowedOperations blocking : ORDER) {
            if (BLOCKING.containsKey(blocking) && current.containsValue(blocking)) {
                return BLOCKING.containsKey(operation)
                        ? BLOCKING.get(blocking).get()
                        : Errors.otherOperationInProgress(
                                "pool", pool.value(), blocking.wire(), key(current, blocking));
            }
        }
        if (!current.isEmpty()) {
            Map.Entry<String, PoolAllowedOperations> first =
                    current.entrySet().iterator().next();
            return Errors.otherOperationInProgress(
                    "pool", pool.value(), first.getValue().wire(), first.getKey());
        }
        boolean ha = row.get(Pool.HA_ENABLED);
        return switch (operation) {
            case HA_ENABLE, TLS_VERIFICATION_ENABLE -> ha ? Errors.haIsEnabled() : null;
            case HA_DISABLE -> ha ? null : Errors.haNotEnabled();
            case CLUSTER_CREATE ->
                snapshot.count(Cluster.XEN_CLASS) > 0
                        ? Errors.clusterAlreadyExists()
                        : ha ? Errors.incompatibleClusterStackActive(row.get(Pool.HA_CLUSTER_STACK)) : null;
            default -> null;
        };
    }

    private static String key(Map<String, PoolAllowedOperations> current, PoolAllowedOperations which) {
        return current.entrySet().stream()
                .filter(e -> e.getValue() == which)
                .findFirst()
                .map(Map.Entry::getKey)
                .orElse("");
    }

    @Override
    public void derive(Transaction tx, Collection<ChangeLog.Change> changes) {
        for (ChangeLog.Change change : changes) {
            if (change.model() == Pool.XEN_CLASS || change.model() == Cluster.XEN_CLASS) {
                for (Stored<Pool> stored : List.copyOf(tx.all(Pool.XEN_CLASS))) {
                    Ref<Pool> pool = stored.ref();
                    tx.set(
                            pool,
                            Pool.ALLOWED_OPERATIONS,
                            ORDER.stream()
                                    .filter(op -> error(tx, pool, stored.row(), op) == null)
                                    .toList());
                }
                return;
            }
        }
    }
}
