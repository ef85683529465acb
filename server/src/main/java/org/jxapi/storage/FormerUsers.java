package org.jxapi.storage;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.Unreachable;
import org.jxapi.store.Snapshot;
import org.jxapi.volume.Repository;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;

/**
 * The machines whose guests had the volumes of shared repositories last. libxl ends a QEMU without waiting for it, so work at
 * another machine first waits until it has written all. A driver does the same for the QEMUs of its own machine.
 */
final class FormerUsers {
    /** By volume; an empty host is this machine. */
    private final Map<Volume, Optional<Ref<Host>>> machines = new ConcurrentHashMap<>();

    private record Volume(Ref<SR> sr, String location) {}

    /** The way to a repository at another machine. */
    interface Places {
        AttachedSr at(Optional<Ref<Host>> machine);
    }

    /** A guest of the place's machine gets the volume. */
    void gets(AttachedSr place, String location) {
        machines.put(new Volume(place.sr(), location), Optional.ofNullable(place.elsewhere()));
    }

    /** Waits for the QEMU of another machine that had the volume, unless its guest still has it or the machine is away. */
    void await(Snapshot snapshot, AttachedSr place, String location, Places places) {
        Volume volume = new Volume(place.sr(), location);
        Optional<Ref<Host>> machine = machines.get(volume);
        if (machine == null
                || Objects.equals(machine.orElse(null), place.elsewhere())
                || isAttached(snapshot, place.sr(), location)) {
            return;
        }
        try {
            Repository repository = places.at(machine).repository();
            if (repository.holds(location)) {
                // Drivers wait for it before they give a volume to a guest.
                repository.guestDisk(location);
            }
        } catch (XenApiException e) {
            if (!Unreachable.is(e) && !e.code().equals("SR_HAS_NO_PBDS")) {
                throw e;
            }
        }
        machines.remove(volume, machine);
    }

    private static boolean isAttached(Snapshot snapshot, Ref<SR> sr, String location) {
        return snapshot.get(sr, SR.VDIS).stream()
                .filter(vdi -> snapshot.get(vdi, VDI.LOCATION).equals(location))
                .flatMap(vdi -> snapshot.get(vdi, VDI.VBDS).stream())
                .anyMatch(vbd -> snapshot.get(vbd, VBD.CURRENTLY_ATTACHED)
                        && snapshot.find(snapshot.get(vbd, VBD.VM))
                                .filter(vm -> !vm.row().get(VM.RESIDENT_ON).isNull())
                                .isPresent());
    }
}
