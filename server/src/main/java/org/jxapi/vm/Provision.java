package org.jxapi.vm;

import java.io.StringReader;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.DeviceName;
import org.jxapi.local.ThisPool;
import org.jxapi.operation.Operation;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.VmOperations;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * Makes a VM of a cloned template: creates the disks that {@code other_config:disks} describes, an XML text of
 * {@code <provision><disk device= size= sr= bootable= type=/></provision>}.
 */
public final class Provision {
    private final Store store;
    private final Disks disks;
    private final VmClaims claims;
    private final Clock clock;

    public Provision(Store store, Disks disks, VmClaims claims, Clock clock) {
        this.store = store;
        this.disks = disks;
        this.claims = claims;
        this.clock = clock;
    }

    /** A disk to be made. */
    private record Wanted(String device, long size, String sr, boolean bootable, VdiType type) {}

    void run(Call call, Ref<VM> vm) {
        try (Operation operation = claims.begin(call, vm, VmOperations.PROVISION)) {
            Row<VM> row = store.snapshot().row(vm);
            Map<Wanted, Ref<VDI>> made = new LinkedHashMap<>();
            try {
                for (Wanted wanted : wanted(row.get(VM.OTHER_CONFIG).getOrDefault("disks", ""))) {
                    made.put(wanted, make(call, row, wanted));
                }
            } catch (RuntimeException | Error e) {
                made.values().forEach(disks::destroy);
                throw e;
            }
            operation.finish(tx -> {
                Ref<VMMetrics> metrics = tx.get(vm, VM.METRICS);
                if (tx.find(metrics).isPresent()) {
                    tx.set(metrics, VMMetrics.INSTALL_TIME, XenTime.of(clock.instant()));
                }
                made.forEach((wanted, vdi) -> tx.create(vbd(vm, wanted, vdi)));
                Map<String, String> config = new LinkedHashMap<>(tx.get(vm, VM.OTHER_CONFIG));
                config.remove("disks");
                config.remove("postinstall");
                tx.set(vm, VM.OTHER_CONFIG, config);
                tx.set(vm, VM.IS_A_TEMPLATE, false);
                tx.set(vm, VM.IS_DEFAULT_TEMPLATE, false);
            });
        }
    }

    private Ref<VDI> make(Call call, Row<VM> vm, Wanted wanted) {
        Snapshot snapshot = store.snapshot();
        Ref<SR> sr = wanted.sr().isEmpty()
                ? ThisPool.row(snapshot).get(Pool.DEFAULT_SR)
                : snapshot.byUuid(SR.XEN_CLASS, wanted.sr())
                        .orElseThrow(() -> Errors.uuidInvalid("SR", wanted.sr()))
                        .ref();
        if (snapshot.find(sr).isEmpty()) {
            throw new org.jxapi.datamodel.XenApiException("DEFAULT_SR_NOT_FOUND", List.of(sr.value()));
        }
        return disks.create(
                call,
                sr,
                Row.of(VDI.XEN_CLASS)
                        .with(VDI.NAME_LABEL, wanted.device())
                        .with(VDI.NAME_DESCRIPTION, "Created by template provisioner")
                        .with(VDI.VIRTUAL_SIZE, wanted.size())
                        .with(VDI.TYPE, wanted.type())
                        .with(VDI.SM_CONFIG, Map.of("vmhint", vm.get(VM.UUID))));
    }

    private static Row<VBD> vbd(Ref<VM> vm, Wanted wanted, Ref<VDI> vdi) {
        return Row.of(VBD.XEN_CLASS)
                .with(VBD.VM, vm)
                .with(VBD.VDI, vdi)
                .with(VBD.USERDEVICE, wanted.device())
                .with(
                        VBD.DEVICE,
                        DeviceName.of(Integer.parseInt(wanted.device())).vdev())
                .with(VBD.BOOTABLE, wanted.bootable())
                .with(VBD.MODE, VbdMode.RW)
                .with(VBD.TYPE, VbdType.DISK)
                .with(VBD.UNPLUGGABLE, wanted.type() != VdiType.SYSTEM)
                .with(VBD.OTHER_CONFIG, Map.of("owner", ""));
    }

    private static List<Wanted> wanted(String text) {
        List<Wanted> all = new ArrayList<>();
        if (text.isBlank()) {
            return all;
        }
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            NodeList nodes = factory.newDocumentBuilder()
                    .parse(new InputSource(new StringReader(text)))
                    .getElementsByTagName("disk");
            for (int i = 0; i < nodes.getLength(); i++) {
                Element disk = (Element) nodes.item(i);
                all.add(new Wanted(
                        Integer.toString(Integer.parseInt(disk.getAttribute("device"))),
                        Long.parseLong(disk.getAttribute("size")),
                        disk.getAttribute("sr"),
                        disk.getAttribute("bootable").equals("true"),
                        VdiType.TYPE.values().get(disk.getAttribute("type")) instanceof VdiType known
                                ? known
                                : VdiType.SYSTEM));
            }
            return all;
        } catch (Exception e) {
            throw Errors.invalidValue("other_config:disks", text).causedBy(e);
        }
    }
}
