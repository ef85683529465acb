package org.jxapi.neighbour.guest;

/** The disk that a guest boots from when its configuration does not say which: the first one. */
final class FirstDisk {
    private FirstDisk() {}

    static void boots(PlanBuilder plan) {
        for (int i = 0; i < plan.disks().size(); i++) {
            PlannedDisk disk = plan.disks().get(i);
            if (!disk.disc()) {
                plan.disks().set(i, disk.bootable(true));
                return;
            }
        }
    }
}
