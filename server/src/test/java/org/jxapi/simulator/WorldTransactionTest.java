package org.jxapi.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.StoreTest;
import org.jxapi.xenapi.Network;

class WorldTransactionTest extends StoreTest {
    @Test
    void theNextOneHasTheObjectsOfTheOneBefore() {
        List<Ref<Network>> made = new ArrayList<>();
        WorldTransaction first = WorldTransaction.begin(
                store, tx -> made.add(tx.create(Row.of(Network.XEN_CLASS).with(Network.NAME_LABEL, "one"))));
        WorldTransaction second = WorldTransaction.begin(store, tx -> tx.set(made.get(0), Network.NAME_LABEL, "two"));
        first.await();
        second.await();
        assertThat(store.snapshot().get(made.get(0), Network.NAME_LABEL)).isEqualTo("two");
    }

    @Test
    void oneThatFailsDoesNotBegin() {
        assertThatThrownBy(() -> WorldTransaction.begin(store, tx -> {
                    tx.create(Row.of(Network.XEN_CLASS));
                    throw new WorldException("there is no template");
                }))
                .isInstanceOf(WorldException.class)
                .hasMessage("there is no template");
        assertThat(store.snapshot().count(Network.XEN_CLASS)).isZero();
    }

    @Test
    void anErrorOnTheWayToTheDiskIsThrownInTheEnd() {
        store.addDerivation((tx, changes) -> {
            throw new IllegalStateException("does not settle");
        });
        WorldTransaction begun = WorldTransaction.begin(store, tx -> tx.create(Row.of(Network.XEN_CLASS)));
        assertThatThrownBy(begun::await)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("does not settle");
    }
}
