package org.jxapi.storage;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.Secret;

/**
 * Passwords of {@code device_config}. As in XAPI a password does not stay there: it moves into a secret, and the key
 * gets the suffix {@code _secret} and the secret's UUID as its value.
 */
public final class DeviceSecrets {
    private static final String PASSWORD = "password";
    private static final String SECRET = "password_secret";

    private DeviceSecrets() {}

    /** The settings with each password in a secret. */
    static Map<String, String> hide(Transaction tx, Map<String, String> config) {
        Map<String, String> hidden = new LinkedHashMap<>();
        config.forEach((key, value) -> {
            if (key.endsWith(PASSWORD)) {
                hidden.put(key + "_secret", secret(tx, value));
            } else {
                hidden.putIfAbsent(key, value);
            }
        });
        return hidden;
    }

    /**
     * The settings for a new PBD: each password, and each secret that is named, in a secret that is the PBD's alone.
     * {@link #check} has found the secrets.
     */
    static Map<String, String> own(Transaction tx, Map<String, String> config) {
        Map<String, String> own = new LinkedHashMap<>();
        config.forEach((key, value) -> {
            if (key.endsWith(PASSWORD)) {
                own.put(key + "_secret", secret(tx, value));
            } else if (!key.endsWith(SECRET)) {
                own.put(key, value);
            } else if (!config.containsKey(key.substring(0, key.length() - "_secret".length()))) {
                own.put(key, secret(tx, named(tx, value).row().get(Secret.VALUE)));
            }
        });
        return own;
    }

    /** The settings with each password in the clear, for a driver. */
    static Map<String, String> reveal(Snapshot snapshot, Map<String, String> config) {
        Map<String, String> clear = new LinkedHashMap<>();
        config.forEach((key, value) -> {
            if (key.endsWith(SECRET)) {
                String password = key.substring(0, key.length() - "_secret".length());
                clear.put(password, named(snapshot, value).row().get(Secret.VALUE));
            } else {
                clear.put(key, value);
            }
        });
        return clear;
    }

    /** UUID_INVALID when the settings name a secret that is not there. */
    static void check(Snapshot snapshot, Map<String, String> config) {
        config.forEach((key, value) -> {
            if (key.endsWith(SECRET)) {
                named(snapshot, value);
            }
        });
    }

    private static Stored<Secret> named(Snapshot snapshot, String uuid) {
        return snapshot.byUuid(Secret.XEN_CLASS, uuid)
                .orElseThrow(() -> Errors.uuidInvalid(Secret.XEN_CLASS.name(), uuid));
    }

    private static String secret(Transaction tx, String value) {
        Ref<Secret> secret = tx.create(Row.of(Secret.XEN_CLASS).with(Secret.VALUE, value));
        return tx.get(secret, Secret.UUID);
    }

    /** Removes the secrets that the settings name; those that are gone already are passed over. */
    static void destroy(Transaction tx, Map<String, String> config) {
        destroy(tx, config, Set.of());
    }

    /** Removes the secrets that the old settings name and the new ones do not. */
    static void destroy(Transaction tx, Map<String, String> config, Collection<String> kept) {
        config.forEach((key, value) -> {
            if (key.endsWith(SECRET) && !kept.contains(value)) {
                tx.byUuid(Secret.XEN_CLASS, value).ifPresent(found -> tx.destroy(found.ref()));
            }
        });
    }

    /** Hides the passwords that an earlier version has left in PBDs. */
    public static void hideAll(Store store) {
        store.change(tx -> {
            for (Stored<PBD> pbd : List.copyOf(tx.all(PBD.XEN_CLASS))) {
                Map<String, String> config = pbd.row().get(PBD.DEVICE_CONFIG);
                if (config.keySet().stream().anyMatch(key -> key.endsWith(PASSWORD))) {
                    tx.set(pbd.ref(), PBD.DEVICE_CONFIG, hide(tx, config));
                }
            }
        });
    }
}
