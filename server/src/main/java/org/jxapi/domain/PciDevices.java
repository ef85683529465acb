package org.jxapi.domain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.PciConfig;
import org.jxapi.hypervisor.RdmReservePolicy;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PCI;
import org.jxapi.xenapi.VM;

/**
 * The PCI devices of a VM: those of its VGPUs, then those of {@code VM.other_config:pci}, such as {@code 0/0000:81:00.0,1/0000:81:00.1}: they are passed through in
 * the order of the numbers before the slashes. While a VM has them they are its {@code attached_PCIs}.
 */
public final class PciDevices {
    static final String KEY = "pci";

    private static final Pattern ONE =
            Pattern.compile("(\\d{1,4})/([0-9a-fA-F]{4}):([0-9a-fA-F]{2}):([01][0-9a-fA-F])\\.([0-7])");

    private static final Pattern ADDRESS = Pattern.compile("([0-9a-f]{4}):([0-9a-f]{2}):([0-9a-f]{2})\\.([0-7])");

    private record Ordered(int place, PciConfig device) {}

    private PciDevices() {}

    /**
     * The devices in the order of plugging; INVALID_VALUE when the text is not such a list. libxl takes a GPU from its
     * driver in the control domain, as XAPI does.
     */
    static List<PciConfig> all(Snapshot snapshot, Row<VM> vm) {
        List<PciConfig> all = new ArrayList<>();
        for (Ref<PCI> gpu : GuestGpus.devices(snapshot, vm)) {
            all.add(seized(snapshot.get(gpu, PCI.PCI_ID)));
        }
        all.addAll(of(vm));
        return all;
    }

    private static PciConfig seized(String address) {
        Matcher m = ADDRESS.matcher(address);
        if (!m.matches()) {
            throw Errors.internalError("not the address of a PCI device: " + address);
        }
        return new PciConfig(
                Integer.parseInt(m.group(1), 16),
                Integer.parseInt(m.group(2), 16),
                Integer.parseInt(m.group(3), 16),
                Integer.parseInt(m.group(4)),
                0,
                0,
                false,
                false,
                false,
                true,
                RdmReservePolicy.INVALID,
                null);
    }

    /** Those of other_config. */
    static List<PciConfig> of(Row<VM> vm) {
        String text = vm.get(VM.OTHER_CONFIG).getOrDefault(KEY, "");
        List<Ordered> devices = new ArrayList<>();
        for (String each : text.isBlank() ? new String[0] : text.split(",", -1)) {
            Matcher m = ONE.matcher(each.strip());
            if (!m.matches()) {
                throw Errors.invalidValue("other_config:" + KEY, text);
            }
            devices.add(new Ordered(
                    Integer.parseInt(m.group(1)),
                    PciConfig.at(
                                    Integer.parseInt(m.group(2), 16),
                                    Integer.parseInt(m.group(3), 16),
                                    Integer.parseInt(m.group(4), 16),
                                    Integer.parseInt(m.group(5)))
                            .translatingMsi("1".equals(vm.get(VM.OTHER_CONFIG).get("msitranslate")))));
        }
        return devices.stream()
                .sorted(Comparator.comparingInt(Ordered::place))
                .map(Ordered::device)
                .toList();
    }

    /** Writes down that the VM has its devices. One that the host did not show before gets an object. */
    public static void attached(Transaction tx, Ref<VM> vm, Ref<Host> host) {
        List<Ref<PCI>> devices = new ArrayList<>();
        for (PciConfig device : all(tx, tx.row(vm))) {
            devices.add(object(tx, host, device.bdf()));
        }
        tx.set(vm, VM.ATTACHED_PCIS, List.copyOf(devices));
    }

    private static Ref<PCI> object(Transaction tx, Ref<Host> host, String address) {
        for (Stored<PCI> stored : tx.all(PCI.XEN_CLASS)) {
            if (stored.row().get(PCI.PCI_ID).equals(address)
                    && stored.row().get(PCI.HOST).equals(host)) {
                return stored.ref();
            }
        }
        return tx.create(Row.of(PCI.XEN_CLASS).with(PCI.HOST, host).with(PCI.PCI_ID, address));
    }

    /** Writes down that the VM has none any more. */
    public static void detached(Transaction tx, Ref<VM> vm) {
        tx.set(vm, VM.ATTACHED_PCIS, List.of());
    }
}
