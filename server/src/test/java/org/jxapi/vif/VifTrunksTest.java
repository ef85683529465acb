package org.jxapi.vif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.XenApiErrors.assertRefused;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.StoreTest;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.VIF;

/** Upstream: ocaml/xapi/xapi_vif.ml, add_trunks, remove_trunks and set_trunks. */
class VifTrunksTest extends StoreTest {
    private VifTrunks trunks;
    private Ref<PIF> pif;
    private Ref<Network> network;
    private Ref<VIF> vif;

    @BeforeEach
    void create() {
        trunks = new VifTrunks(store);
        network = store.transact(tx -> tx.create(Row.of(Network.XEN_CLASS)));
        pif = store.transact(
                tx -> tx.create(Row.of(PIF.XEN_CLASS).with(PIF.NETWORK, network).with(PIF.VLAN, -1L)));
        vif = store.transact(tx -> tx.create(Row.of(VIF.XEN_CLASS).with(VIF.NETWORK, network)));
    }

    private List<Long> tags() {
        return store.snapshot().get(vif, VIF.TRUNKS);
    }

    @Test
    void aTagIsAddedOnceInFrontOfTheOthers() {
        trunks.add(vif, 1);
        trunks.add(vif, 2);
        trunks.add(vif, 1);
        assertThat(tags()).containsExactly(2L, 1L);
        trunks.remove(vif, 2);
        trunks.remove(vif, 3);
        assertThat(tags()).containsExactly(1L);
    }

    @Test
    void ofEqualTagsTheLastOneStays() {
        trunks.set(vif, List.of(5L, 7L, 5L, 0L, 4094L));
        assertThat(tags()).containsExactly(7L, 5L, 0L, 4094L);
        trunks.set(vif, List.of());
        assertThat(tags()).isEmpty();
    }

    /** One tag is checked before the network, and a set of tags after it. */
    @Test
    void aNetworkThatIsAVlanTakesNoTrunk() {
        store.change(tx -> tx.set(pif, PIF.VLAN, 12L));
        assertRefused(() -> trunks.add(vif, 1), "NETWORK_INCOMPATIBLE_WITH_TRUNKS", network.value());
        assertRefused(() -> trunks.add(vif, 4095), "VLAN_TAG_INVALID", "4095");
        assertRefused(() -> trunks.set(vif, List.of(4095L)), "NETWORK_INCOMPATIBLE_WITH_TRUNKS", network.value());
        trunks.set(vif, List.of());
        store.change(tx -> tx.set(pif, PIF.VLAN, -1L));
        assertRefused(() -> trunks.set(vif, List.of(1L, -1L)), "VLAN_TAG_INVALID", "-1");
        assertThat(tags()).isEmpty();
    }
}
