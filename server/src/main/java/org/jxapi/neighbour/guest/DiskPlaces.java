package org.jxapi.neighbour.guest;

import org.jxapi.domain.DeviceName;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;

/** The places of disks in a VM: numbers where the XenAPI has them, else names. */
final class DiskPlaces {
    private DiskPlaces() {}

    /** Adds a disk at its place, and reports. Its device is a name that {@link DeviceName} knows. */
    static void add(PlanBuilder plan, ConfigKey key, PlannedDisk disk) {
        DeviceName place = DeviceName.parse(disk.device()).orElseThrow();
        String device = place.asNumber().map(String::valueOf).orElse(place.vdev());
        boolean twice = plan.disks().stream()
                .anyMatch(other ->
                        DeviceName.parse(other.device()).orElseThrow().vdev().equals(place.vdev()));
        if (twice) {
            plan.refused(
                    key,
                    disk.device() + " is taken by another disk; Xen's own disks have the names hda and xvda"
                            + " for one place");
            return;
        }
        plan.add(new PlannedDisk(
                disk.path(),
                disk.kind(),
                device,
                disk.disc(),
                disk.readOnly(),
                disk.bootable(),
                disk.key(),
                disk.line()));
        plan.translated(
                key,
                (disk.disc() ? "a drive" : "a disk") + " at " + device
                        + (device.equals(disk.device()) ? "" : " (" + disk.device() + ")")
                        + (disk.path() == null ? ", empty" : " with " + disk.path())
                        + (disk.readOnly() && !disk.disc() ? ", read-only" : ""));
    }
}
