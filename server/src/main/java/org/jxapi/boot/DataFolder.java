package org.jxapi.boot;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;

/** Where the data folder is: storage repositories inside it are known by their paths, and move with it. */
final class DataFolder {
    /** The key of the host's other_config that says where the folder was at the last start. */
    static final String PLACE = "jxapi-data-dir";

    private static final String LOCATION = "location";

    private DataFolder() {}

    /** Corrects the paths of repositories when the folder, or a copy of it, was started at another place before. */
    static void follow(Transaction tx, Ref<Host> host, Path dataDir) {
        Path here = dataDir.toAbsolutePath().normalize();
        String before = tx.get(host, Host.OTHER_CONFIG).get(PLACE);
        if (here.toString().equals(before)) {
            return;
        }
        if (before != null) {
            for (Stored<PBD> stored : tx.all(PBD.XEN_CLASS)) {
                Map<String, String> config = stored.row().get(PBD.DEVICE_CONFIG);
                Path location = Path.of(config.getOrDefault(LOCATION, "")).normalize();
                if (location.startsWith(before)) {
                    Path moved = here.resolve(Path.of(before).relativize(location));
                    tx.set(stored.ref(), PBD.DEVICE_CONFIG, with(config, LOCATION, moved.toString()));
                }
            }
        }
        tx.set(host, Host.OTHER_CONFIG, with(tx.get(host, Host.OTHER_CONFIG), PLACE, here.toString()));
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(map);
        changed.put(key, value);
        return changed;
    }
}
