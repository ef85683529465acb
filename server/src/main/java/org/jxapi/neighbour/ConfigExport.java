package org.jxapi.neighbour;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.domain.DomainConfigs;
import org.jxapi.domain.ForeignRules;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.local.VmDomain;
import org.jxapi.neighbour.guest.GuestActions;
import org.jxapi.neighbour.guest.LibvirtWriter;
import org.jxapi.neighbour.guest.Report;
import org.jxapi.neighbour.guest.XlWriter;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.transfer.Transfer;
import org.jxapi.transfer.VmFormats;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;

/** Writes the configuration of a VM for xl or libvirt, as its domain would be. The disks stay where they are. */
final class ConfigExport implements VmFormats.Export {
    private final Store store;
    private final DomainConfigs configs;
    private final Hosts hosts;
    private final Form form;

    /** The tools. */
    enum Form {
        XL,
        LIBVIRT
    }

    ConfigExport(Store store, DomainConfigs configs, Hosts hosts, Form form) {
        this.store = store;
        this.configs = configs;
        this.hosts = hosts;
        this.form = form;
    }

    @Override
    public String send(Transfer transfer, Ref<VM> vm) {
        Snapshot now = store.snapshot();
        Row<VM> row = now.row(vm);
        if (row.get(VM.IS_CONTROL_DOMAIN)) {
            throw Errors.operationNotAllowed("The control domain has no configuration of xl or libvirt");
        }
        DomainConfig config = config(now, vm, row);
        GuestActions actions = new GuestActions(
                row.get(VM.ACTIONS_AFTER_SHUTDOWN).wire(),
                row.get(VM.ACTIONS_AFTER_REBOOT).wire(),
                row.get(VM.ACTIONS_AFTER_CRASH).wire());
        byte[] text = (form == Form.XL ? XlWriter.write(config, actions) : LibvirtWriter.write(config, actions))
                .getBytes(StandardCharsets.UTF_8);
        Report report = new NoCounterpart(now, vm, form == Form.LIBVIRT).report(config);
        TaskReport.record(store, transfer.call().task(), report);
        try (OutputStream out = transfer.ok("text/plain", form == Form.XL ? "vm.cfg" : "vm.xml", text.length)) {
            out.write(text);
        } catch (IOException e) {
            throw Errors.clientError("The client has disconnected: " + e.getMessage())
                    .causedBy(e);
        }
        return "";
    }

    /** Only the hypervisor knows the whole domain of another tool. */
    private DomainConfig config(Snapshot now, Ref<VM> vm, Row<VM> row) {
        if (!ForeignRules.isForeign(row)) {
            return configs.of(now, vm);
        }
        VmDomain domain = hosts.domain(row);
        try {
            return domain.hypervisor().domains().config(domain.domid());
        } catch (HypervisorException e) {
            throw Errors.internalError("The configuration of the domain cannot be read: " + e.getMessage())
                    .causedBy(e);
        }
    }
}
