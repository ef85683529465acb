package org.jxapi.boot;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The entries of {@code host.bios_strings}. */
final class HostBiosStrings {
    /** Each key, in XAPI's order, with the file in /sys/class/dmi/id that holds its value. */
    static final Map<String, String> KEYS = keys();

    private HostBiosStrings() {}

    private static Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("bios-vendor", "bios_vendor");
        keys.put("bios-version", "bios_version");
        keys.put("system-manufacturer", "sys_vendor");
        keys.put("system-product-name", "product_name");
        keys.put("system-version", "product_version");
        keys.put("system-serial-number", "product_serial");
        keys.put("baseboard-manufacturer", "board_vendor");
        keys.put("baseboard-product-name", "board_name");
        keys.put("baseboard-version", "board_version");
        keys.put("baseboard-serial-number", "board_serial");
        return Collections.unmodifiableMap(keys);
    }

    /** Adds what XAPI gives every host, so that a guest's tools recognise Xen. */
    static Map<String, String> complete(Map<String, String> strings) {
        Map<String, String> all = new LinkedHashMap<>(strings);
        all.put("oem-1", "Xen");
        all.put("oem-2", "MS_VM_CERT/SHA1/bdbeb6e0a816d43fa6d3fe8aaef04c2bad9d3e3d");
        all.put("hp-rombios", "");
        return all;
    }
}
