package org.jxapi.storage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.ImageFormatType;
import org.jxapi.xenapi.SM;
import org.jxapi.xenapi.SR;

/** The kinds of storage repositories that this host offers. */
final class Drivers {
    private static final Map<String, Driver> ALL = new LinkedHashMap<>();

    static {
        for (Driver driver : List.of(new FileDriver(), new IsoDriver())) {
            ALL.put(driver.type(), driver);
        }
    }

    private Drivers() {}

    /** The names of all types. */
    static List<String> types() {
        return List.copyOf(ALL.keySet());
    }

    /** The driver of a type in any case; SR_UNKNOWN_DRIVER when there is none. */
    static Driver of(String type) {
        Driver driver = ALL.get(type.toLowerCase(Locale.ROOT));
        if (driver == null) {
            throw Errors.srUnknownDriver(type);
        }
        return driver;
    }

    /** The driver of a repository; SR_UNKNOWN_DRIVER when this host has none for it. */
    static Driver of(Snapshot snapshot, Ref<SR> sr) {
        return of(snapshot.get(sr, SR.TYPE));
    }

    /** The abilities of repositories of that type; none if there is no driver. */
    static Set<String> features(Snapshot snapshot, String type) {
        for (Stored<SM> sm : snapshot.all(SM.XEN_CLASS)) {
            if (sm.row().get(SM.TYPE).equals(type)) {
                return sm.row().get(SM.FEATURES).keySet();
            }
        }
        return Set.of();
    }

    /** Makes the SM objects those of this version's drivers. */
    static void publish(Transaction tx) {
        Map<String, Ref<SM>> known = new LinkedHashMap<>();
        for (Stored<SM> stored : List.copyOf(tx.all(SM.XEN_CLASS))) {
            if (ALL.containsKey(stored.row().get(SM.TYPE))) {
                known.put(stored.row().get(SM.TYPE), stored.ref());
            } else {
                tx.destroy(stored.ref());
            }
        }
        for (Driver driver : ALL.values()) {
            Ref<SM> sm = known.get(driver.type());
            if (sm == null) {
                sm = tx.create(Row.of(SM.XEN_CLASS).with(SM.TYPE, driver.type()));
            }
            describe(tx, sm, driver);
        }
    }

    private static void describe(Transaction tx, Ref<SM> sm, Driver driver) {
        Map<String, Long> features = new LinkedHashMap<>();
        driver.features().forEach(feature -> features.put(feature, 1L));
        String version = Drivers.class.getPackage().getImplementationVersion();
        tx.set(sm, SM.NAME_LABEL, driver.label());
        tx.set(sm, SM.NAME_DESCRIPTION, driver.description());
        tx.set(sm, SM.VENDOR, "jxapi");
        tx.set(sm, SM.VERSION, version == null ? "0.1.0" : version);
        tx.set(sm, SM.REQUIRED_API_VERSION, "1.0");
        tx.set(sm, SM.CONFIGURATION, driver.configuration());
        tx.set(sm, SM.CAPABILITIES, driver.features());
        tx.set(sm, SM.FEATURES, features);
        tx.set(sm, SM.SUPPORTED_IMAGE_FORMATS, List.of(ImageFormatType.RAW));
    }
}
