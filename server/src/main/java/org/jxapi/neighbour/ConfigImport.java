package org.jxapi.neighbour;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.neighbour.guest.GuestPlan;
import org.jxapi.neighbour.guest.LibvirtGuest;
import org.jxapi.neighbour.guest.Report;
import org.jxapi.neighbour.guest.XlGuest;
import org.jxapi.neighbour.syntax.SyntaxException;
import org.jxapi.session.Rights;
import org.jxapi.storage.Disks;
import org.jxapi.store.Store;
import org.jxapi.transfer.Transfer;
import org.jxapi.transfer.VmFormats;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VM;

/**
 * Makes VMs of configurations of xl, xm and libvirt. A report about each setting is in the task when the import ends. If
 * the VM cannot have a setting, the import makes nothing, unless the client forces it.
 */
public final class ConfigImport implements VmFormats.Import {
    private static final int MOST_BYTES = 1 << 20;
    /** An assignment of a setting that each configuration of xl or xm has one of. */
    private static final Pattern XL = Pattern.compile(
            "(?m)^(name|memory|maxmem|kernel|bootloader|builder|type|disk|vif|vcpus|import|from)\\b[ \\t]*(=|os|re|xen)");

    private static final Pattern XML =
            Pattern.compile("(?s)\\A\\uFEFF?\\s*(<\\?xml.*?\\?>\\s*)?(<!--.*?-->\\s*)*<domain\\b.*");
    private static final String NETWORK = "network:";

    private final Store store;
    private final Dispatcher dispatcher;
    private final Disks disks;
    private final Path devices;
    private final Clock clock;

    /** @param devices a folder for links to devices that become disks */
    public ConfigImport(Store store, Dispatcher dispatcher, Disks disks, Path devices, Clock clock) {
        this.store = store;
        this.dispatcher = dispatcher;
        this.disks = disks;
        this.devices = devices;
        this.clock = clock;
    }

    @Override
    public boolean recognises(byte[] head) {
        for (byte b : head) {
            if (b == 0) {
                return false;
            }
        }
        String text = new String(head, StandardCharsets.UTF_8);
        return isXml(text) || XL.matcher(text).find();
    }

    private static boolean isXml(String text) {
        return XML.matcher(text).matches();
    }

    @Override
    public List<Ref<VM>> receive(Transfer transfer, Ref<SR> sr) {
        Call call = transfer.call();
        Report report = new Report();
        try {
            GuestPlan plan = read(text(transfer));
            report = plan.report();
            return make(transfer, sr, plan);
        } catch (SyntaxException e) {
            throw Errors.importError(String.valueOf(e.getMessage())).causedBy(e);
        } finally {
            TaskReport.record(store, call.task(), report);
        }
    }

    private GuestPlan read(String text) {
        int local = ZoneId.systemDefault().getRules().getOffset(clock.instant()).getTotalSeconds();
        return isXml(text) ? LibvirtGuest.read(text, local) : XlGuest.read(text, local);
    }

    private List<Ref<VM>> make(Transfer transfer, Ref<SR> sr, GuestPlan plan) {
        Call call = transfer.call();
        if (plan.usesHostDevices() && !call.permits("host.call_plugin")) {
            // A user who may name any file or device of the host can do everything on it.
            throw Rights.denied("host.call_plugin");
        }
        Map<String, String> networks = new TreeMap<>();
        transfer.head().query().forEach((name, value) -> {
            if (name.startsWith(NETWORK)) {
                networks.put(name.substring(NETWORK.length()), value);
            }
        });
        DiskPlacement.How how = DiskPlacement.How.of(transfer.head().param("disks"));
        NetworkMap nics = new NetworkMap(store.snapshot(), networks, plan.report());
        DiskPlacement placement = new DiskPlacement(store, disks, how, sr, plan.report());
        NewVm vm = new NewVm(
                store, dispatcher, disks, devices, plan, nics.connect(plan.nics()), placement.look(plan.disks()));
        long refused = plan.report().refused();
        if (refused > 0 && !transfer.flag("force")) {
            throw Errors.importError(refused + (refused == 1 ? " setting is" : " settings are")
                    + " refused; the report says why. Change the configuration, or import without them by force=true");
        }
        return transfer.flag("dry_run") ? List.of() : List.of(vm.make(call, placement));
    }

    private static String text(Transfer transfer) {
        try {
            byte[] bytes = transfer.body().readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw Errors.importError("a configuration has at most " + MOST_BYTES + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Errors.importError("the configuration is not UTF-8 text").causedBy(e);
        } catch (IOException e) {
            throw Errors.importErrorPrematureEof().causedBy(e);
        }
    }
}
