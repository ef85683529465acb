package org.jxapi.storage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.ImageFormatType;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SM;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdType;

/** Which disks go where when disks of a VM move, and whether they can: XAPI's rules of storage migrations. */
public final class MovePlan {
    /** Features of both repositories. Of the target XAPI asks for VDI_MIRROR_IN, which VDI_MIRROR includes: smint.ml. */
    private static final List<String> NEEDED = List.of("VDI_SNAPSHOT", "VDI_MIRROR");

    private MovePlan() {}

    /**
     * A disk that is to move.
     *
     * @param format the format of its new image, {@code raw} or {@code qcow2}; empty for the repository's choice
     */
    public record Move(Ref<VDI> vdi, Ref<SR> sr, String format) {}

    /** The disks of a VM that a storage migration is about: not those in drives. */
    public static List<Ref<VDI>> disks(Snapshot snapshot, Ref<VM> vm) {
        return snapshot.get(vm, VM.VBDS).stream()
                .map(snapshot::row)
                .filter(vbd -> !vbd.get(VBD.EMPTY) && vbd.get(VBD.TYPE) != VbdType.CD)
                .map(vbd -> vbd.get(VBD.VDI))
                .filter(vdi -> snapshot.find(vdi).isPresent())
                .toList();
    }

    /**
     * The disks that move, the smallest and oldest first. Disks of the VM's snapshots follow the disks that they are
     * snapshots of. One whose disk is not in the map goes to the pool's default SR.
     *
     * @param map where disks go, or stay
     * @param formats the formats that were asked for
     * @throws XenApiException when one of them cannot move, such as VDI_NOT_IN_MAP for a disk of the VM that is missing
     */
    public static List<Move> of(
            Snapshot snapshot, Ref<VM> vm, Map<Ref<VDI>, Ref<SR>> map, Map<Ref<VDI>, String> formats) {
        List<Ref<VDI>> own = disks(snapshot, vm);
        requireAll(own, map);
        checkSeen(snapshot, map.values());
        for (Ref<VDI> vdi : own) {
            if (snapshot.get(vdi, VDI.ON_BOOT) == OnBoot.RESET) {
                throw new XenApiException("VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION", List.of(vdi.value()));
            }
        }
        Map<Ref<VDI>, Ref<SR>> all = new LinkedHashMap<>();
        own.forEach(vdi -> all.put(vdi, map.get(vdi)));
        for (Ref<VM> snapshotVm : snapshot.get(vm, VM.SNAPSHOTS)) {
            for (Ref<VDI> vdi : disks(snapshot, snapshotVm)) {
                Ref<SR> with = map.get(snapshot.get(vdi, VDI.SNAPSHOT_OF));
                Ref<SR> sr = map.getOrDefault(vdi, with);
                all.putIfAbsent(vdi, sr == null ? defaultSr(snapshot, vdi) : sr);
            }
        }
        check(snapshot, all, formats);
        List<Move> moves = new ArrayList<>();
        all.forEach((vdi, sr) -> {
            if (!snapshot.get(vdi, VDI.SR).equals(sr)) {
                moves.add(new Move(vdi, sr, formats.getOrDefault(vdi, "")));
            }
        });
        moves.sort(Comparator.comparing((Move move) -> snapshot.get(move.vdi(), VDI.VIRTUAL_SIZE))
                .thenComparing(
                        move -> snapshot.get(move.vdi(), VDI.SNAPSHOT_TIME).local()));
        return moves;
    }

    /** Throws VDI_NOT_IN_MAP unless all disks of the VM are in the map. */
    public static void requireAll(Snapshot snapshot, Ref<VM> vm, Map<Ref<VDI>, Ref<SR>> map) {
        requireAll(disks(snapshot, vm), map);
    }

    private static void requireAll(List<Ref<VDI>> disks, Map<Ref<VDI>, Ref<SR>> map) {
        for (Ref<VDI> vdi : disks) {
            if (!map.containsKey(vdi)) {
                throw Errors.vdiNotInMap(vdi.value());
            }
        }
    }

    private static Ref<SR> defaultSr(Snapshot snapshot, Ref<VDI> vdi) {
        return ThisPool.find(snapshot)
                .map(pool -> pool.row().get(Pool.DEFAULT_SR))
                .filter(sr -> snapshot.find(sr).isPresent())
                .orElseThrow(() -> Errors.vdiNotInMap(vdi.value()));
    }

    /** Throws the XenAPI error when one of the disks cannot go where the map says. */
    public static void check(Snapshot snapshot, Map<Ref<VDI>, Ref<SR>> map, Map<Ref<VDI>, String> formats) {
        map.forEach((ref, sr) -> {
            Row<VDI> vdi = snapshot.row(ref);
            snapshot.require(sr);
            if (!vdi.get(VDI.SR).equals(sr)) {
                requireFeatures(snapshot, vdi.get(VDI.SR), "VDI_MIRROR");
                requireFeatures(snapshot, sr, "VDI_MIRROR_IN");
            }
        });
        map.forEach((ref, sr) -> {
            Row<VDI> vdi = snapshot.row(ref);
            if (!vdi.get(VDI.SR).equals(sr)) {
                if (vdi.get(VDI.CBT_ENABLED)) {
                    throw Errors.vdiCbtEnabled(ref.value());
                }
                if (vdi.get(VDI.SM_CONFIG).containsKey("key_hash")) {
                    throw Errors.vdiIsEncrypted(ref.value());
                }
            }
            requireFormat(snapshot, sr, formats.getOrDefault(ref, ""));
        });
    }

    /** @param mirror the name of VDI_MIRROR in the error */
    private static void requireFeatures(Snapshot snapshot, Ref<SR> sr, String mirror) {
        Set<String> offered = Drivers.features(snapshot, snapshot.row(sr));
        List<String> missing = NEEDED.stream()
                .filter(feature -> !offered.contains(feature))
                .map(feature -> feature.equals("VDI_MIRROR") ? mirror : feature)
                .toList();
        if (!missing.isEmpty()) {
            throw Errors.srDoesNotSupportMigration(sr.value(), String.join(";", missing));
        }
    }

    private static void requireFormat(Snapshot snapshot, Ref<SR> sr, String asked) {
        if (asked.isEmpty()) {
            return;
        }
        String type = snapshot.get(sr, SR.TYPE);
        List<ImageFormatType> offered = snapshot.all(SM.XEN_CLASS).stream()
                .filter(sm -> sm.row().get(SM.TYPE).equals(type))
                .flatMap(sm -> sm.row().get(SM.SUPPORTED_IMAGE_FORMATS).stream())
                .toList();
        if (offered.stream().noneMatch(format -> format.wire().equals(asked))) {
            throw new XenApiException(
                    "VDI_INCOMPATIBLE_TYPE",
                    List.of("Image format " + asked + " is not supported by " + snapshot.get(sr, SR.UUID)));
        }
    }

    /** Throws NO_HOSTS_AVAILABLE when no host, of which there is one, sees all these repositories. */
    private static void checkSeen(Snapshot snapshot, Iterable<Ref<SR>> srs) {
        for (Ref<SR> sr : srs) {
            snapshot.require(sr);
            if (!Drivers.isPlugged(snapshot, sr)) {
                throw Errors.noHostsAvailable();
            }
        }
    }
}
