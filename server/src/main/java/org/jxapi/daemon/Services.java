package org.jxapi.daemon;

import java.time.Clock;
import java.util.concurrent.Executor;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.dispatch.Call;
import org.jxapi.host.HostService;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.operation.Operations;
import org.jxapi.storage.Disks;
import org.jxapi.storage.PbdService;
import org.jxapi.storage.SrService;
import org.jxapi.storage.VdiService;
import org.jxapi.store.Store;
import org.jxapi.vbd.VbdService;
import org.jxapi.vif.VifService;
import org.jxapi.vm.DomainConfigs;
import org.jxapi.vm.Vms;
import org.jxapi.xenapi.HostMessages;
import org.jxapi.xenapi.PBDMessages;
import org.jxapi.xenapi.SRMessages;

/** The services of the classes, one each, and what they share. */
final class Services {
    private final Store store;
    private final Hypervisor hypervisor;
    private final Operations operations;
    private final Disks disks;
    private final Vms vms;
    private final Clock clock;

    Services(Store store, Hypervisor hypervisor, Clock clock, Executor workers) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.clock = clock;
        this.operations = new Operations(store);
        this.disks = new Disks(store, clock);
        this.vms = new Vms(store, hypervisor, operations, disks, clock, workers);
    }

    void bind(MessageTable<Call> table) {
        vms.bind(table);
        new VdiService(store, disks, operations).bind(table);
        new VbdService(store, hypervisor, operations, new DomainConfigs(disks)).bind(table);
        new VifService(store, hypervisor, operations).bind(table);
        SRMessages.bind(table, new SrService(disks));
        PBDMessages.bind(table, new PbdService(store));
        HostMessages.bind(table, new HostService(store, hypervisor, clock));
    }

    /** Makes everything true that the last run may have left otherwise. */
    void start() {
        disks.prepare();
        vms.start();
    }
}
