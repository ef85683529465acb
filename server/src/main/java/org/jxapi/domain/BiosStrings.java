package org.jxapi.domain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;

/** The strings by which a guest's firmware describes the machine. Once set, they stay. */
public final class BiosStrings {
    private static final int MAX = 512;
    /** The keys that a client may give a VM. */
    public static final List<String> SETTABLE = List.of(
            "bios-vendor",
            "bios-version",
            "system-manufacturer",
            "system-product-name",
            "system-version",
            "system-serial-number",
            "baseboard-manufacturer",
            "baseboard-product-name",
            "baseboard-version",
            "baseboard-serial-number",
            "baseboard-asset-tag",
            "baseboard-location-in-chassis",
            "enclosure-asset-tag");

    /** The strings of a VM without its own: it is a Xen guest. */
    public static final Map<String, String> GENERIC = generic();

    private final Store store;

    public BiosStrings(Store store) {
        this.store = store;
    }

    private static Map<String, String> generic() {
        Map<String, String> all = new LinkedHashMap<>();
        SETTABLE.forEach(key -> all.put(key, ""));
        all.put("bios-vendor", "Xen");
        all.put("system-manufacturer", "Xen");
        all.put("system-product-name", "HVM domU");
        all.put("hp-rombios", "");
        all.put("oem-1", "Xen");
        all.put("oem-2", "MS_VM_CERT/SHA1/bdbeb6e0a816d43fa6d3fe8aaef04c2bad9d3e3d");
        return java.util.Collections.unmodifiableMap(all);
    }

    public void set(Ref<VM> vm, Map<String, String> value) {
        store.change(tx -> {
            if (!tx.get(vm, VM.BIOS_STRINGS).isEmpty()) {
                throw Errors.vmBiosStringsAlreadySet();
            }
            value.forEach(BiosStrings::check);
            Map<String, String> all = new LinkedHashMap<>(GENERIC);
            all.putAll(value);
            tx.set(vm, VM.BIOS_STRINGS, all);
        });
    }

    /** Checks what an archive or a host has given a VM: INVALID_VALUE for what xenstore or the firmware cannot hold. */
    static void checkStored(Row<VM> vm) {
        vm.get(VM.BIOS_STRINGS).forEach((key, value) -> {
            if (!key.matches("[a-z0-9-]{1,64}") || value.length() > MAX || !printable(value)) {
                throw Errors.invalidValue("bios_strings:" + key, value);
            }
        });
    }

    /** Writes a VM's strings where the firmware of a domain that is about to run looks for them. */
    public static void tell(Hypervisor hypervisor, Row<VM> vm, int domid) throws HypervisorException {
        Map<String, String> values = new LinkedHashMap<>();
        vm.get(VM.BIOS_STRINGS).forEach((key, value) -> {
            if (!value.isEmpty()) {
                values.put(Xenstore.domainPath(domid) + "/bios-strings/" + key, value);
            }
        });
        if (!values.isEmpty()) {
            hypervisor.xenstore().writeAll(values);
        }
    }

    private static void check(String key, String value) {
        if (!SETTABLE.contains(key)) {
            throw Errors.invalidValue(key, "Unknown key");
        }
        if (value.isEmpty()) {
            throw Errors.invalidValue(key, "Value provided is empty");
        }
        if (value.length() > MAX) {
            throw Errors.invalidValue(key, value + " has length more than " + MAX + " characters");
        }
        if (!printable(value)) {
            throw Errors.invalidValue(key, value + " has non-printable ASCII characters");
        }
    }

    private static boolean printable(String value) {
        return value.chars().allMatch(c -> c >= 32 && c < 127);
    }

    /** Copies the host's; the VM belongs to that host then. */
    public void copy(Ref<VM> vm, Ref<Host> host) {
        store.change(tx -> {
            if (!tx.get(vm, VM.BIOS_STRINGS).isEmpty()) {
                throw Errors.vmBiosStringsAlreadySet();
            }
            tx.set(vm, VM.BIOS_STRINGS, tx.get(host, Host.BIOS_STRINGS));
            tx.set(vm, VM.AFFINITY, host);
        });
    }
}
