package org.jxapi.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.Api;
import org.jxapi.cli.record.CliObject;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VbdType;

/** vm-migrate with disks. The remote pool can only be this host's own: the disks go to other SRs of it. */
final class VmStorageMigration {
    /** The parameters that make XAPI's vm-migrate move disks. */
    static final List<String> PARAMETERS = List.of(
            "remote-master",
            "remote-username",
            "vif",
            "remote-password",
            "remote-network",
            "vdi",
            "vgpu",
            "image-format");

    private static final Set<String> OF_THIS_HOST = Set.of("localhost", "127.0.0.1", "::1");
    private static final Set<String> NO_SELECTORS =
            Set.of("host", "host-uuid", "host-name", "live", "force", "copy", "compress");

    private final Context c;

    private VmStorageMigration(Context c) {
        this.c = c;
    }

    static void run(Context c, Map<String, String> options) throws IOException {
        c.message("Performing a storage live migration. Your VM's VDIs will be migrated with the VM.");
        if (!c.has("remote-master") || !c.has("remote-username") || !c.has("remote-password")) {
            throw new CliException("Storage live migration requires remote-master, remote-username, and"
                    + " remote-password to be specified. Please see 'xe help vm-migrate' for help.");
        }
        try (Api remote = c.api().login(c.need("remote-username"), c.need("remote-password"))) {
            new VmStorageMigration(c).run(remote, options);
        }
    }

    private void run(Api remote, Map<String, String> options) throws IOException {
        Ref<Host> host = host(remote);
        Ref<Network> network = network(remote, host);
        Set<String> ignored = new HashSet<>(NO_SELECTORS);
        ignored.addAll(PARAMETERS);
        Map<Ref<?>, Ref<?>> vdis = new LinkedHashMap<>();
        c.map("vdi").forEach((vdi, sr) -> vdis.put(c.api().byUuid("VDI", vdi), remote.byUuid("SR", sr)));
        Map<Ref<?>, Ref<?>> vifs = new LinkedHashMap<>();
        c.map("vif").forEach((vif, net) -> vifs.put(c.api().byUuid("VIF", vif), remote.byUuid("network", net)));
        Map<Ref<?>, String> formats = new LinkedHashMap<>();
        c.map("image-format").forEach((vdi, format) -> formats.put(c.api().byUuid("VDI", vdi), format));
        addOthers(remote, host, ignored, vdis);
        c.message("Will migrate to remote host: "
                + remote.record(Host.XEN_CLASS, host).get(Host.NAME_LABEL) + ", using remote network: "
                + remote.record(Network.XEN_CLASS, network).get(Network.NAME_LABEL) + ". Here is the VDI mapping:");
        for (Map.Entry<Ref<?>, Ref<?>> entry : vdis.entrySet()) {
            c.message("VDI " + c.api().uuid(entry.getKey()) + " -> SR " + remote.uuid(entry.getValue()));
        }
        Object token = remote.call("host.migrate_receive", host, network, options);
        Selection.eachVm(
                c,
                Scope.TEMPLATES,
                ignored,
                vm -> c.call("VM.migrate_send", vm.ref(), token, true, vdis, vifs, options, Map.of(), formats));
    }

    /** The host that was named, or the one there is. */
    private Ref<Host> host(Api remote) {
        Map<Ref<Host>, Row<Host>> hosts = remote.records(Host.XEN_CLASS);
        String master = c.need("remote-master");
        boolean here = OF_THIS_HOST.contains(master)
                || hosts.values().stream()
                        .anyMatch(host ->
                                master.equals(host.get(Host.ADDRESS)) || master.equals(host.get(Host.HOSTNAME)));
        if (!here) {
            throw new XenApiException("NOT_IMPLEMENTED", List.of("VM.migrate_send to another host"));
        }
        Optional<String> name = List.of("host", "host-uuid", "host-name").stream()
                .flatMap(parameter -> c.line().find(parameter).stream())
                .findFirst();
        return hosts.entrySet().stream()
                .filter(entry -> name.isEmpty()
                        || Set.of(
                                        entry.getValue().get(Host.HOSTNAME),
                                        entry.getValue().get(Host.NAME_LABEL),
                                        entry.getValue().get(Host.UUID))
                                .contains(name.get()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new CliException(
                        name.map(text -> "Failed to find host: " + text).orElse("Failed to find a suitable host")));
    }

    /** The network that was named, or that of the management interface. */
    private Ref<Network> network(Api remote, Ref<Host> host) {
        Optional<String> name = c.line().find("remote-network");
        if (name.isPresent()) {
            return remote.records(Network.XEN_CLASS).entrySet().stream()
                    .filter(entry -> Set.of(
                                    entry.getValue().get(Network.BRIDGE),
                                    entry.getValue().get(Network.NAME_LABEL),
                                    entry.getValue().get(Network.UUID))
                            .contains(name.get()))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElseThrow(() -> new CliException("Failed to find network: " + name.get()));
        }
        return remote.records(PIF.XEN_CLASS).values().stream()
                .filter(pif -> pif.get(PIF.HOST).equals(host) && pif.get(PIF.MANAGEMENT))
                .map(pif -> pif.get(PIF.NETWORK))
                .findFirst()
                .orElseThrow(() -> new CliException("Could not find management PIF on host " + remote.uuid(host)));
    }

    /** Disks of the first VM that were not mentioned go to the SR with the most free space, a shared one first. */
    private void addOthers(Api remote, Ref<Host> host, Set<String> ignored, Map<Ref<?>, Ref<?>> vdis) {
        Ref<SR> preferred = preferred(remote, host);
        List<CliObject> vms = Selection.vms(c.api(), c.line(), Scope.TEMPLATES, ignored);
        if (vms.isEmpty()) {
            throw new CliException("No matching VMs found");
        }
        if (preferred == null) {
            return;
        }
        for (Row<VBD> vbd : c.api().records(VBD.XEN_CLASS).values()) {
            boolean disk = !vbd.get(VBD.EMPTY) && vbd.get(VBD.TYPE) != VbdType.CD;
            if (disk && vbd.get(VBD.VM).equals(vms.get(0).ref())) {
                Ref<VDI> vdi = vbd.get(VBD.VDI);
                vdis.putIfAbsent(vdi, preferred);
            }
        }
    }

    private static @Nullable Ref<SR> preferred(Api remote, Ref<Host> host) {
        Map<Ref<SR>, Row<SR>> srs = remote.records(SR.XEN_CLASS);
        List<Ref<SR>> attached = new ArrayList<>();
        for (Row<PBD> pbd : remote.records(PBD.XEN_CLASS).values()) {
            Row<SR> sr = srs.get(pbd.get(PBD.SR));
            if (sr != null
                    && pbd.get(PBD.HOST).equals(host)
                    && pbd.get(PBD.CURRENTLY_ATTACHED)
                    && !sr.get(SR.CONTENT_TYPE).equals("iso")) {
                attached.add(pbd.get(PBD.SR));
            }
        }
        return attached.stream()
                .map(sr -> Map.entry(sr, srs.get(sr)))
                .max(Comparator.comparing((Map.Entry<Ref<SR>, Row<SR>> sr) ->
                                sr.getValue().get(SR.SHARED))
                        .thenComparing(sr -> sr.getValue().get(SR.PHYSICAL_SIZE)
                                - sr.getValue().get(SR.PHYSICAL_UTILISATION)))
                .map(Map.Entry::getKey)
                .orElse(null);
    }
}
