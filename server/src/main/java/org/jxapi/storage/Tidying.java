package org.jxapi.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.volume.SmFailure;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VdiType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from repositories what belongs to no row, such as volumes that were being made when the daemon was killed, and
 * data of which only the log of changed blocks was to stay.
 */
final class Tidying {
    private static final Logger LOG = LoggerFactory.getLogger(Tidying.class);

    private final Store store;
    private final Operations operations;
    private final SrFolders places;
    private final Predicate<String> arriving;

    /** @param arriving whether a disk of that location is being copied or uploaded, and may have no row yet */
    Tidying(Store store, Operations operations, SrFolders places, Predicate<String> arriving) {
        this.store = store;
        this.operations = operations;
        this.places = places;
        this.arriving = arriving;
    }

    /** Tidies a repository that nothing uses yet. */
    void all(AttachedSr place) {
        try {
            tidy(place, location -> true);
        } catch (IOException e) {
            throw SmFailure.SR_UNAVAILABLE.error(e);
        }
    }

    /**
     * Tidies a repository around the operations that are under way. The caller has claimed the repository. The operations of another
     * repository in the same place are not known, so such a place waits for the next plug.
     */
    void unused(Call call, AttachedSr place) {
        if (!places.sharing(place.sr()).isEmpty()) {
            return;
        }
        try (Free free = new Free(call, place.sr())) {
            tidy(place, free::test);
        } catch (IOException e) {
            LOG.warn("SR {}: what earlier operations left stays there for now: {}", place.sr(), e.getMessage());
        }
    }

    private void tidy(AttachedSr place, Predicate<String> free) throws IOException {
        Set<Ref<SR>> srs = new HashSet<>(places.sharing(place.sr()));
        srs.add(place.sr());
        Snapshot snapshot = store.snapshot();
        for (Ref<VDI> vdi : disks(snapshot, srs)) {
            String location = snapshot.get(vdi, VDI.LOCATION);
            if (snapshot.get(vdi, VDI.TYPE) == VdiType.CBT_METADATA
                    && place.repository().names(location)
                    && place.repository().pending(location)
                    && free.test(location)) {
                place.repository().discardData(location);
            }
        }
        place.repository()
                .tidy(
                        free,
                        location -> row(srs, location).isPresent(),
                        location -> row(srs, location)
                                .filter(row -> row.get(VDI.ON_BOOT) == OnBoot.RESET)
                                .isPresent());
    }

    private static List<Ref<VDI>> disks(Snapshot snapshot, Set<Ref<SR>> srs) {
        return srs.stream()
                .flatMap(sr -> snapshot.find(sr).stream())
                .flatMap(found -> found.row().get(SR.VDIS).stream())
                .toList();
    }

    /** The row of the disk at a location, as it is now. */
    private Optional<Row<VDI>> row(Set<Ref<SR>> srs, String location) {
        return find(store.snapshot(), srs, location).map(Stored::row);
    }

    private static Optional<Stored<VDI>> find(Snapshot snapshot, Set<Ref<SR>> srs, String location) {
        return disks(snapshot, srs).stream()
                .flatMap(vdi -> snapshot.find(vdi).stream())
                .filter(vdi -> vdi.row().get(VDI.LOCATION).equals(location))
                .findFirst();
    }

    /** The locations that no operation works on. Those with disks are claimed until the end. */
    private final class Free implements AutoCloseable {
        private final Call call;
        private final Ref<SR> sr;
        private final Map<String, Boolean> known = new HashMap<>();
        private final List<Operation> claimed = new ArrayList<>();

        Free(Call call, Ref<SR> sr) {
            this.call = call;
            this.sr = sr;
        }

        boolean test(String location) {
            return known.computeIfAbsent(location, this::take);
        }

        /** A disk that arrives gets its row before it has arrived. */
        private boolean take(String location) {
            if (arriving.test(location)) {
                return false;
            }
            Optional<Ref<VDI>> vdi =
                    find(store.snapshot(), Set.of(sr), location).map(Stored::ref);
            return vdi.isEmpty() || claim(vdi.get());
        }

        private boolean claim(Ref<VDI> vdi) {
            try {
                claimed.add(operations.begin(
                        call, List.of(Claim.of(vdi, VdiOperations.UPDATE, tx -> refuseUsed(tx, vdi)))));
                return true;
            } catch (XenApiException e) {
                return false;
            }
        }

        @Override
        public void close() {
            claimed.forEach(Operation::close);
        }
    }

    private static void refuseUsed(Snapshot snapshot, Ref<VDI> vdi) {
        boolean used = !snapshot.get(vdi, VDI.CURRENT_OPERATIONS).isEmpty()
                || snapshot.get(vdi, VDI.VBDS).stream().anyMatch(vbd -> uses(snapshot, snapshot.row(vbd)));
        if (used) {
            throw Errors.vdiInUse(vdi.value(), VdiOperations.UPDATE.wire());
        }
    }

    private static boolean uses(Snapshot snapshot, Row<VBD> vbd) {
        return vbd.get(VBD.CURRENTLY_ATTACHED)
                || vbd.get(VBD.RESERVED)
                || !vbd.get(VBD.CURRENT_OPERATIONS).isEmpty()
                || snapshot.find(vbd.get(VBD.VM))
                        .map(vm -> !vm.row().get(VM.CURRENT_OPERATIONS).isEmpty())
                        .orElse(false);
    }
}
