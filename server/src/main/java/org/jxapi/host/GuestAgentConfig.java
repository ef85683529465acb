package org.jxapi.host;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.XenstorePermissions;
import org.jxapi.local.EachHost;
import org.jxapi.local.Hosts;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Pool;

/**
 * {@code pool.guest_agent_config}: whether and from where guests' agents update themselves. They read that in xenstore,
 * together with which of their features the pool offers.
 */
public final class GuestAgentConfig {
    private static final String ROOT = "/guest_agent_features";
    private static final String ENABLED = "auto_update_enabled";
    private static final String URL = "auto_update_url";
    /** Agents of old Windows drivers look for this before they do anything. */
    private static final String TRADEMARK = "/mh/XenSource-TM_XenEnterprise-TM";

    private static final String TRADEMARK_TEXT =
            "XenSource(TM) and XenEnterprise(TM) are registered trademarks of XenSource Inc.";

    private final Store store;
    private final EachHost each;

    public GuestAgentConfig(Store store, Hosts hosts) {
        this.store = store;
        this.each = new EachHost("Guest agents", hosts, store);
    }

    /** INVALID_VALUE for a key that agents do not know, or a value that makes no sense to them. */
    public void add(Ref<Pool> pool, String key, String value) {
        boolean valid = key.equals(ENABLED) ? Set.of("true", "false").contains(value) : key.equals(URL) && isUrl(value);
        if (!valid) {
            throw Errors.invalidValue(Pool.GUEST_AGENT_CONFIG.column(), key + " = " + value);
        }
        store.change(tx -> {
            Map<String, String> config = new LinkedHashMap<>(tx.get(pool, Pool.GUEST_AGENT_CONFIG));
            if (config.putIfAbsent(key, value) != null) {
                throw Errors.mapDuplicateKey("pool", Pool.GUEST_AGENT_CONFIG.column(), pool.value(), key);
            }
            tx.set(pool, Pool.GUEST_AGENT_CONFIG, config);
        });
        tellGuests();
    }

    private static boolean isUrl(String text) {
        try {
            String scheme = new URI(text).getScheme();
            return scheme != null && Set.of("http", "https").contains(scheme);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    public void remove(Ref<Pool> pool, String key) {
        store.change(tx -> {
            Map<String, String> config = new LinkedHashMap<>(tx.get(pool, Pool.GUEST_AGENT_CONFIG));
            config.remove(key);
            tx.set(pool, Pool.GUEST_AGENT_CONFIG, config);
        });
        tellGuests();
    }

    /** Writes what all guests may read of the pool. */
    public void tellGuests() {
        each.run(this::tellGuests);
    }

    /** Writes what the guests of a host may read of the pool. */
    public void tellGuests(Hosts.Driven here) {
        Map<String, String> config = ThisPool.row(store.snapshot()).get(Pool.GUEST_AGENT_CONFIG);
        Map<String, String> nodes = new LinkedHashMap<>();
        nodes.put(ROOT, "");
        feature(nodes, "VSS", Features.VSS, Map.of());
        feature(nodes, "Guest_agent_auto_update", Features.GUEST_AGENT_AUTO_UPDATE, updates(config));
        nodes.put(TRADEMARK, TRADEMARK_TEXT);
        Xenstore xenstore = here.hypervisor().xenstore();
        xenstore.remove(ROOT);
        xenstore.writeAll(nodes);
        nodes.keySet().forEach(path -> xenstore.setPermissions(path, XenstorePermissions.readableByAll()));
    }

    private static void feature(
            Map<String, String> nodes, String name, Features feature, Map<String, String> parameters) {
        String path = ROOT + "/" + name;
        nodes.put(path, "");
        nodes.put(path + "/licensed", feature.offered() ? "1" : "0");
        nodes.put(path + "/parameters", "");
        parameters.forEach((key, value) -> nodes.put(path + "/parameters/" + key, value));
    }

    private static Map<String, String> updates(Map<String, String> config) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (config.containsKey(ENABLED)) {
            parameters.put("enabled", config.get(ENABLED).equals("true") ? "1" : "0");
        }
        if (config.containsKey(URL)) {
            parameters.put("update_url", config.get(URL));
        }
        return parameters;
    }
}
