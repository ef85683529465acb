package org.jxapi.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.boot.FirstBoot;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.SimulatedMachine;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.XenstorePermissions;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.local.Hosts;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.Pool;

/** XAPI's xapi_pool.ml (add_to_guest_agent_config), xapi_xenops.ml (Guest_agent_features) and map_check.ml. */
class GuestAgentConfigTest {
    private static final String FEATURES = "/guest_agent_features";
    private static final String UPDATES = FEATURES + "/Guest_agent_auto_update";

    @TempDir
    Path folder;

    private final SimulatedHypervisor xen = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
    private H2Store store;
    private GuestAgentConfig config;
    private Ref<Pool> pool;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
        new FirstBoot(store, folder, Clock.systemUTC()).run(HostReader.read(xen, new SimulatedMachine(), true), true);
        pool = store.snapshot().all(Pool.XEN_CLASS).iterator().next().ref();
        config = new GuestAgentConfig(store, Hosts.only(xen));
    }

    @AfterEach
    void close() {
        xen.close();
        store.close();
    }

    @Test
    void everyGuestMayReadWhichFeaturesThereAre() {
        config.tellGuests();

        assertThat(xen.xenstore().read(UPDATES + "/licensed")).hasValue("1");
        assertThat(xen.xenstore().read(FEATURES + "/VSS/licensed")).hasValue("0");
        assertThat(xen.xenstore().list(UPDATES + "/parameters")).isEmpty();
        for (String path : new String[] {FEATURES, UPDATES, UPDATES + "/licensed", UPDATES + "/parameters"}) {
            assertThat(xen.xenstore().permissions(path)).as(path).hasValue(XenstorePermissions.readableByAll());
        }
        assertThat(xen.xenstore().permissions("/mh/XenSource-TM_XenEnterprise-TM"))
                .hasValue(XenstorePermissions.readableByAll());
    }

    @Test
    void whatAClientSetsIsWrittenAtOnce() {
        config.add(pool, "auto_update_enabled", "true");
        config.add(pool, "auto_update_url", "https://updates.example/agents");

        assertThat(xen.xenstore().read(UPDATES + "/parameters/enabled")).hasValue("1");
        assertThat(xen.xenstore().read(UPDATES + "/parameters/update_url")).hasValue("https://updates.example/agents");
        assertThat(store.snapshot().get(pool, Pool.GUEST_AGENT_CONFIG))
                .isEqualTo(Map.of("auto_update_enabled", "true", "auto_update_url", "https://updates.example/agents"));

        config.remove(pool, "auto_update_url");
        assertThat(xen.xenstore().read(UPDATES + "/parameters/update_url")).isEmpty();
        config.remove(pool, "auto_update_enabled");
        config.add(pool, "auto_update_enabled", "false");
        assertThat(xen.xenstore().read(UPDATES + "/parameters/enabled")).hasValue("0");
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertRefused("INVALID_VALUE", "guest_agent_config", "colour = blue", "colour", "blue");
        assertRefused("INVALID_VALUE", "guest_agent_config", "auto_update_enabled = yes", "auto_update_enabled", "yes");
        assertRefused("INVALID_VALUE", "guest_agent_config", "auto_update_url = ftp://x", "auto_update_url", "ftp://x");
        assertRefused("INVALID_VALUE", "guest_agent_config", "auto_update_url = : :", "auto_update_url", ": :");
        config.add(pool, "auto_update_enabled", "true");
        assertThatThrownBy(() -> config.add(pool, "auto_update_enabled", "false"))
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo("MAP_DUPLICATE_KEY"));
    }

    private void assertRefused(String code, String field, String text, String key, String value) {
        assertThatThrownBy(() -> config.add(pool, key, value)).isInstanceOfSatisfying(XenApiException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.params()).containsExactly(field, text);
        });
    }
}
