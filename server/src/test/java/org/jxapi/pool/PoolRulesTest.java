package org.jxapi.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.Cluster;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.PoolAllowedOperations;

/** The checks of ocaml/xapi/xapi_pool_helpers.ml, valid_operations. */
class PoolRulesTest {
    @TempDir
    Path folder;

    private H2Store store;
    private Ref<Pool> pool;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
        pool = store.transact(tx -> tx.create(Row.of(Pool.XEN_CLASS)));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void check(PoolAllowedOperations operation) {
        PoolRules.check(store.snapshot(), pool, operation);
    }

    private void refused(PoolAllowedOperations operation, String code, String... params) {
        assertThatThrownBy(() -> check(operation)).isInstanceOfSatisfying(XenApiException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.params()).containsExactly(params);
        });
    }

    private void begin(PoolAllowedOperations operation) {
        store.change(tx -> tx.set(pool, Pool.CURRENT_OPERATIONS, Map.of("OpaqueRef:task", operation)));
    }

    @Test
    void anIdlePoolRefusesOnlyWhatMakesNoSense() {
        assertThatCode(() -> check(PoolAllowedOperations.EJECT)).doesNotThrowAnyException();
        assertThatCode(() -> check(PoolAllowedOperations.HA_ENABLE)).doesNotThrowAnyException();
        refused(PoolAllowedOperations.HA_DISABLE, "HA_NOT_ENABLED");
        store.change(tx -> tx.set(pool, Pool.HA_ENABLED, true));
        refused(PoolAllowedOperations.HA_ENABLE, "HA_IS_ENABLED");
        assertThatCode(() -> check(PoolAllowedOperations.HA_DISABLE)).doesNotThrowAnyException();
    }

    @Test
    void aBlockingOperationHasAnErrorOfItsOwnForOthersOfItsKind() {
        begin(PoolAllowedOperations.HA_ENABLE);
        refused(PoolAllowedOperations.SYNC_UPDATES, "HA_ENABLE_IN_PROGRESS");
        refused(
                PoolAllowedOperations.EJECT,
                "OTHER_OPERATION_IN_PROGRESS",
                "pool",
                pool.value(),
                "ha_enable",
                "OpaqueRef:task");
    }

    @Test
    void anyOperationMakesOthersWait() {
        begin(PoolAllowedOperations.GET_UPDATES);
        refused(
                PoolAllowedOperations.HA_ENABLE,
                "OTHER_OPERATION_IN_PROGRESS",
                "pool",
                pool.value(),
                "get_updates",
                "OpaqueRef:task");
    }

    @Test
    void aPoolHasOneCluster() {
        assertThatCode(() -> check(PoolAllowedOperations.CLUSTER_CREATE)).doesNotThrowAnyException();
        store.transact(tx -> tx.create(Row.of(Cluster.XEN_CLASS)));
        refused(PoolAllowedOperations.CLUSTER_CREATE, "CLUSTER_ALREADY_EXISTS");
    }

    @Test
    void aPendingRotationOfTheSecretComesFirst() {
        begin(PoolAllowedOperations.HA_ENABLE);
        store.change(tx -> tx.set(pool, Pool.IS_PSR_PENDING, true));
        refused(PoolAllowedOperations.EJECT, "POOL_SECRET_ROTATION_PENDING");
    }
}
