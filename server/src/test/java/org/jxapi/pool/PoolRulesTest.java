package org.jxapi.pool;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.RulesTest;
import org.jxapi.xenapi.Cluster;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.PoolAllowedOperations;

/** The checks of ocaml/xapi/xapi_pool_helpers.ml, valid_operations. */
class PoolRulesTest extends RulesTest<PoolAllowedOperations> {
    private Ref<Pool> pool;

    @BeforeEach
    void create() {
        pool = store.transact(tx -> tx.create(Row.of(Pool.XEN_CLASS)));
    }

    @Override
    protected void check(PoolAllowedOperations operation) {
        PoolRules.check(store.snapshot(), pool, operation);
    }

    private void begin(PoolAllowedOperations operation) {
        store.change(tx -> tx.set(pool, Pool.CURRENT_OPERATIONS, Map.of("OpaqueRef:task", operation)));
    }

    @Test
    void anIdlePoolRefusesOnlyWhatMakesNoSense() {
        allows(PoolAllowedOperations.EJECT);
        allows(PoolAllowedOperations.HA_ENABLE);
        refuses(PoolAllowedOperations.HA_DISABLE, "HA_NOT_ENABLED");
        store.change(tx -> tx.set(pool, Pool.HA_ENABLED, true));
        refuses(PoolAllowedOperations.HA_ENABLE, "HA_IS_ENABLED");
        allows(PoolAllowedOperations.HA_DISABLE);
    }

    @Test
    void aBlockingOperationHasAnErrorOfItsOwnForOthersOfItsKind() {
        begin(PoolAllowedOperations.HA_ENABLE);
        refuses(PoolAllowedOperations.SYNC_UPDATES, "HA_ENABLE_IN_PROGRESS");
        refuses(
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
        refuses(
                PoolAllowedOperations.HA_ENABLE,
                "OTHER_OPERATION_IN_PROGRESS",
                "pool",
                pool.value(),
                "get_updates",
                "OpaqueRef:task");
    }

    @Test
    void aPoolHasOneCluster() {
        allows(PoolAllowedOperations.CLUSTER_CREATE);
        store.transact(tx -> tx.create(Row.of(Cluster.XEN_CLASS)));
        refuses(PoolAllowedOperations.CLUSTER_CREATE, "CLUSTER_ALREADY_EXISTS");
    }

    @Test
    void aPendingRotationOfTheSecretComesFirst() {
        begin(PoolAllowedOperations.HA_ENABLE);
        store.change(tx -> tx.set(pool, Pool.IS_PSR_PENDING, true));
        refuses(PoolAllowedOperations.EJECT, "POOL_SECRET_ROTATION_PENDING");
    }
}
