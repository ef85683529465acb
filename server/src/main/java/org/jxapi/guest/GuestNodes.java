package org.jxapi.guest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jxapi.datamodel.Row;
import org.jxapi.domain.XenstoreText;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.XenstorePermissions;
import org.jxapi.xenapi.VM;

/**
 * What XAPI's guests and their agents expect in a domain's part of xenstore beyond what libxl makes there, as xenopsd's
 * xc/domain.ml makes it. libxl lets a guest write no more than its kernel needs, so that without this an agent can
 * announce no feature and tell no data of its own.
 */
public final class GuestNodes {
    /** Nodes that are the guest's own. Below {@code control}, those that libxl made stay as they are. */
    private static final List<String> OWN = List.of("control", "xenserver/attr", "messages", "rrd");

    private static final String DATA = "vm-data";
    /** The roots of VM.xenstore_data that reach a guest. */
    static final List<String> DATA_ROOTS = List.of(DATA, "FIST");

    private final Xenstore xenstore;

    public GuestNodes(Hypervisor hypervisor) {
        this.xenstore = hypervisor.xenstore();
    }

    /** Prepares a domain whose guest has not run yet. */
    public void prepare(Row<VM> vm, int domid) throws HypervisorException {
        xenstore.writeAll(values(vm, domid));
        own(domid);
    }

    /** Makes what is missing of a domain whose guest runs: an older jxapi or another tool has made it. */
    public void complete(Row<VM> vm, int domid) throws HypervisorException {
        Map<String, String> missing = values(vm, domid);
        missing.keySet().removeIf(path -> xenstore.read(path).isPresent());
        if (!missing.isEmpty()) {
            xenstore.writeAll(missing);
        }
        boolean owns = xenstore.permissions(home(domid) + OWN.get(0))
                .filter(permissions -> permissions.owner() == domid)
                .isPresent();
        if (!missing.isEmpty() || !owns) {
            own(domid);
        }
    }

    private static Map<String, String> values(Row<VM> vm, int domid) {
        String home = home(domid);
        Map<String, String> values = new LinkedHashMap<>();
        OWN.forEach(path -> values.put(home + path, ""));
        values.put(home + DATA, "");
        // Agents that see another id than before tell everything again.
        values.put(home + "unique-domain-id", UUID.randomUUID().toString());
        values.put(home + "control/has-vendor-device", vm.get(VM.HAS_VENDOR_DEVICE) ? "1" : "0");
        values.putAll(range(domid, vm.get(VM.MEMORY_DYNAMIC_MIN), vm.get(VM.MEMORY_DYNAMIC_MAX)));
        values.put("/vm/" + vm.get(VM.UUID) + "/domains/" + domid, Xenstore.domainPath(domid));
        return values;
    }

    private static String home(int domid) {
        return Xenstore.domainPath(domid) + "/";
    }

    private void own(int domid) {
        OWN.forEach(path -> xenstore.setPermissions(home(domid) + path, XenstorePermissions.ownedBy(domid)));
        giveAll(xenstore, domid, home(domid) + DATA);
    }

    /** Makes a node, if it is not there, and it with all below the guest's own. */
    static void give(Xenstore xenstore, int domid, String path) {
        if (xenstore.read(path).isEmpty()) {
            xenstore.write(path, "");
        }
        giveAll(xenstore, domid, path);
    }

    private static void giveAll(Xenstore xenstore, int domid, String path) {
        xenstore.setPermissions(path, XenstorePermissions.ownedBy(domid));
        xenstore.list(path).forEach(child -> giveAll(xenstore, domid, path + "/" + child));
    }

    /**
     * Gives the guest the limits of its balloon.
     *
     * @param min bytes
     * @param max bytes
     */
    public void memoryRange(int domid, long min, long max) throws HypervisorException {
        xenstore.writeAll(range(domid, min, max));
    }

    private static Map<String, String> range(int domid, long min, long max) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(home(domid) + "memory/dynamic-min", Long.toString(min / 1024));
        values.put(home(domid) + "memory/dynamic-max", Long.toString(max / 1024));
        return values;
    }

    /**
     * Puts a client's data in the place of all that the guest has there now.
     *
     * @param data what {@link XenstoreText#data} lets through
     */
    public void replaceData(int domid, Map<String, String> data) throws HypervisorException {
        DATA_ROOTS.forEach(root -> xenstore.remove(home(domid) + root));
        Map<String, String> values = new LinkedHashMap<>();
        values.put(home(domid) + DATA, "");
        data.forEach((key, value) -> values.put(home(domid) + key, value));
        xenstore.writeAll(values);
        giveAll(xenstore, domid, home(domid) + DATA);
    }
}
