package org.jxapi.gpu;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.host.LocalSettings;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.PciConfig;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PCI;
import org.jxapi.xenapi.PGPU;
import org.jxapi.xenapi.PciDom0Access;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices that are hidden from control domains, from the next boot of the host on. XAPI writes them into Xen's command
 * line. jxapid leaves the boot loader alone: it keeps the list, and takes them from their drivers at its first start after
 * a boot.
 */
final class HiddenDevices {
    private static final Logger LOG = LoggerFactory.getLogger(HiddenDevices.class);
    /** Addresses, separated by blanks. */
    private static final String LIST = "hidden-pci-devices";
    /** The boot at which they were last hidden. */
    private static final String BOOT = "hidden-pci-devices-boot";

    private static final Pattern ADDRESS = Pattern.compile("([0-9a-f]{4}):([0-9a-f]{2}):([0-9a-f]{2})\\.([0-7])");

    private final Store store;
    private final PerHost<LocalSettings> settings;
    private final PerHost<HostPci> machines;

    HiddenDevices(Store store, PerHost<LocalSettings> settings, PerHost<HostPci> machines) {
        this.store = store;
        this.settings = settings;
        this.machines = machines;
    }

    /** Hides devices at the first start after a boot of their host, and writes down what GPUs of it are hidden. */
    void start(Hosts.Driven here) {
        LocalSettings kept = settings.of(here.host());
        String boot = machines.of(here.host()).boot();
        if (!kept.get(BOOT, "").equals(boot)) {
            for (String address : list(here.host())) {
                try {
                    here.hypervisor().devices().pciAssignableAdd(config(address), true);
                } catch (HypervisorException e) {
                    LOG.warn("PCI device {}: cannot be hidden from the control domain: {}", address, e.getMessage());
                }
            }
            keep(kept, boot);
        }
        Snapshot now = store.snapshot();
        Map<Ref<PGPU>, PciDom0Access> found = new LinkedHashMap<>();
        for (Stored<PGPU> pgpu : now.all(PGPU.XEN_CLASS)) {
            now.find(pgpu.row().get(PGPU.PCI))
                    .filter(pci -> pci.row().get(PCI.HOST).equals(here.host()))
                    .ifPresent(pci -> found.put(pgpu.ref(), status(pci.row())));
        }
        store.change(tx -> found.forEach((pgpu, access) -> {
            if (tx.find(pgpu).isPresent()) {
                tx.set(pgpu, PGPU.DOM0_ACCESS, access);
            }
        }));
    }

    /** A full disk must not keep the daemon from its start: without the note, the next start hides the devices again. */
    private static void keep(LocalSettings kept, String boot) {
        try {
            kept.put(BOOT, boot);
        } catch (UncheckedIOException e) {
            LOG.warn("PCI devices: the boot at which they were hidden cannot be noted: {}", Reason.of(e));
        }
    }

    private static PciConfig config(String address) {
        Matcher m = ADDRESS.matcher(address);
        if (!m.matches()) {
            throw Errors.internalError("not the address of a PCI device: " + address);
        }
        return PciConfig.at(
                Integer.parseInt(m.group(1), 16),
                Integer.parseInt(m.group(2), 16),
                Integer.parseInt(m.group(3), 16),
                Integer.parseInt(m.group(4)));
    }

    private List<String> list(Ref<Host> host) {
        String text = settings.of(host).get(LIST, "");
        return text.isBlank() ? List.of() : List.of(text.split(" "));
    }

    /** BOOT_DEVICE_PASSTHROUGH_DISALLOWED for the device that the host's root file system is on. */
    void checkNoBootDevice(Ref<PCI> pci) {
        Row<PCI> row = store.snapshot().row(pci);
        machines.of(row.get(PCI.HOST))
                .root()
                .filter(root -> root.address().equals(row.get(PCI.PCI_ID)))
                .ifPresent(root -> {
                    throw Errors.bootDevicePassthroughDisallowed(root.path());
                });
    }

    PciDom0Access hide(Ref<PCI> pci) {
        return change(pci, true);
    }

    PciDom0Access show(Ref<PCI> pci) {
        return change(pci, false);
    }

    private synchronized PciDom0Access change(Ref<PCI> pci, boolean hide) {
        Row<PCI> row = store.snapshot().row(pci);
        Ref<Host> host = row.get(PCI.HOST);
        List<String> all = new ArrayList<>(list(host));
        all.remove(row.get(PCI.PCI_ID));
        if (hide) {
            all.add(row.get(PCI.PCI_ID));
        }
        settings.of(host).put(LIST, String.join(" ", all));
        PciDom0Access access = status(row);
        store.change(tx -> {
            for (Stored<PGPU> pgpu : tx.all(PGPU.XEN_CLASS)) {
                if (pgpu.row().get(PGPU.PCI).equals(pci)) {
                    tx.set(pgpu.ref(), PGPU.DOM0_ACCESS, access);
                }
            }
        });
        return access;
    }

    PciDom0Access status(Ref<PCI> pci) {
        return status(store.snapshot().row(pci));
    }

    private PciDom0Access status(Row<PCI> pci) {
        boolean now = machines.of(pci.get(PCI.HOST)).isHidden(pci.get(PCI.PCI_ID));
        boolean later = list(pci.get(PCI.HOST)).contains(pci.get(PCI.PCI_ID));
        return now
                ? later ? PciDom0Access.DISABLED : PciDom0Access.ENABLE_ON_REBOOT
                : later ? PciDom0Access.DISABLE_ON_REBOOT : PciDom0Access.ENABLED;
    }
}
