package org.jxapi.ova;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jxapi.cloud.Checksum;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operation;
import org.jxapi.storage.DiskContents;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.transfer.Progress;
import org.jxapi.transfer.Tar;
import org.jxapi.transfer.Transfer;
import org.jxapi.transfer.VmFormats;
import org.jxapi.vm.VmClaims;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdType;

/**
 * Writes a VM as an OVA: envelope, manifest, and a stream-optimised VMDK for each disk. A tar has the size of a file
 * before the file, so each disk is read and packed twice. Nobody writes to it meanwhile.
 */
final class OvaExport implements VmFormats.Export {
    private static final Checksum SHA256 = new Checksum("sha256", "");

    private final Store store;
    private final DiskContents contents;
    private final VmClaims claims;

    OvaExport(Store store, DiskContents contents, VmClaims claims) {
        this.store = store;
        this.contents = contents;
        this.claims = claims;
    }

    /** A file of the package. */
    private record Packed(long size, String sha256) {}

    @Override
    public String send(Transfer transfer, Ref<VM> vm) {
        Call call = transfer.call();
        Map<String, Ref<VDI>> disks = disks(store.snapshot(), vm);
        try (Operation operation = claims.beginExport(call, vm);
                Operation held = contents.holdToRead(call, disks.values());
                Call.Cancellable cancellable = call.cancellable()) {
            OvaMachine machine = machine(store.snapshot(), vm, disks);
            Progress progress = new Progress(
                    call,
                    2
                            * machine.disks().stream()
                                    .mapToLong(OvaMachine.Disk::bytes)
                                    .sum());
            write(transfer, machine, List.copyOf(disks.values()), progress);
            operation.finish(tx -> {});
        }
        return "";
    }

    /** The disks of a VM that have contents, by their places. */
    private static Map<String, Ref<VDI>> disks(Snapshot now, Ref<VM> vm) {
        Map<String, Ref<VDI>> disks =
                new TreeMap<>(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        for (Ref<VBD> vbd : now.get(vm, VM.VBDS)) {
            if (now.get(vbd, VBD.TYPE) == VbdType.DISK && !now.get(vbd, VBD.EMPTY)) {
                disks.put(now.get(vbd, VBD.USERDEVICE), now.get(vbd, VBD.VDI));
            }
        }
        return disks;
    }

    private static OvaMachine machine(Snapshot now, Ref<VM> vm, Map<String, Ref<VDI>> disks) {
        Row<VM> row = now.row(vm);
        List<OvaMachine.Disk> images = new ArrayList<>();
        for (Ref<VDI> vdi : disks.values()) {
            int number = images.size() + 1;
            images.add(new OvaMachine.Disk(
                    "Hard Disk " + number, "disk" + number + ".vmdk", false, now.get(vdi, VDI.VIRTUAL_SIZE)));
        }
        List<OvaMachine.Nic> nics = now.get(vm, VM.VIFS).stream()
                .map(now::row)
                .sorted(Comparator.comparing(
                                (Row<VIF> vif) -> vif.get(VIF.DEVICE).length())
                        .thenComparing(vif -> vif.get(VIF.DEVICE)))
                .map(vif -> new OvaMachine.Nic(
                        "Network adapter " + vif.get(VIF.DEVICE),
                        now.get(vif.get(VIF.NETWORK), Network.NAME_LABEL),
                        vif.get(VIF.MAC)))
                .toList();
        return new OvaMachine(
                row.get(VM.NAME_LABEL),
                row.get(VM.NAME_DESCRIPTION),
                (int) row.get(VM.VCPUS_MAX).longValue(),
                0,
                row.get(VM.MEMORY_DYNAMIC_MAX),
                row.get(VM.HVM_BOOT_PARAMS).getOrDefault("firmware", "bios").equals("uefi"),
                "",
                Map.of(),
                images,
                nics);
    }

    private void write(Transfer transfer, OvaMachine machine, List<Ref<VDI>> disks, Progress progress) {
        List<Packed> packed = new ArrayList<>();
        for (int i = 0; i < disks.size(); i++) {
            packed.add(pack(disks.get(i), machine.disks().get(i).bytes(), OutputStream.nullOutputStream(), progress));
        }
        byte[] envelope =
                OvfWriter.write(machine, packed.stream().map(Packed::size).toList());
        byte[] manifest = manifest(machine, envelope, packed).getBytes(StandardCharsets.UTF_8);
        try {
            OutputStream out = transfer.ok("application/ovf", "export.ova", -1);
            file(out, "vm.ovf", envelope);
            file(out, "vm.mf", manifest);
            for (int i = 0; i < disks.size(); i++) {
                OvaMachine.Disk disk = machine.disks().get(i);
                out.write(header(disk.file(), packed.get(i).size()));
                Packed again = pack(disks.get(i), disk.bytes(), out, progress);
                if (!again.equals(packed.get(i))) {
                    throw Errors.vdiIoError("The disk has other contents than a moment ago");
                }
                out.write(new byte[Tar.padding(again.size())]);
            }
            out.write(new byte[2 * Tar.BLOCK]);
        } catch (IOException e) {
            throw Errors.clientError("The client has disconnected: " + e.getMessage())
                    .causedBy(e);
        }
    }

    private static String manifest(OvaMachine machine, byte[] envelope, List<Packed> packed) {
        StringBuilder out = new StringBuilder("SHA256(vm.ovf)= ")
                .append(HexFormat.of().formatHex(SHA256.digest().digest(envelope)))
                .append('\n');
        for (int i = 0; i < packed.size(); i++) {
            out.append("SHA256(").append(machine.disks().get(i).file()).append(")= ");
            out.append(packed.get(i).sha256()).append('\n');
        }
        return out.toString();
    }

    /** Writes the image of a disk that is held. */
    private Packed pack(Ref<VDI> vdi, long bytes, OutputStream out, Progress progress) {
        MessageDigest digest = SHA256.digest();
        Counted counted = new Counted(out);
        contents.readHeld(vdi, disk -> {
            try {
                VmdkWriter.write(disk, bytes, new DigestOutputStream(counted, digest), progress::add);
            } catch (IOException e) {
                throw Errors.clientError("The client has disconnected: " + e.getMessage())
                        .causedBy(e);
            }
        });
        return new Packed(counted.count, HexFormat.of().formatHex(digest.digest()));
    }

    private static void file(OutputStream out, String name, byte[] bytes) throws IOException {
        out.write(header(name, bytes.length));
        out.write(bytes);
        out.write(new byte[Tar.padding(bytes.length)]);
    }

    private static byte[] header(String name, long size) {
        return Tar.header(name, size, 0644);
    }

    /** Counts bytes. */
    private static final class Counted extends OutputStream {
        private final OutputStream out;
        private long count;

        Counted(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }
}
