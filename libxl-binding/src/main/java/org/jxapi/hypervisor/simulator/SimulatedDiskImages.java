package org.jxapi.hypervisor.simulator;

import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/** No QEMU serves the disks of simulated domains, whose guests neither read nor write them. */
final class SimulatedDiskImages implements DiskImages {
    @Override
    public boolean served() {
        return false;
    }

    @Override
    public boolean isOpen(int domid, Path image) {
        return false;
    }

    @Override
    public void snapshot(int domid, List<Overlay> overlays) {
        throw notOpen();
    }

    @Override
    public void merge(int domid, Path active, Path top, Path base, String recorded, DoubleConsumer progress) {
        throw notOpen();
    }

    @Override
    public void resize(int domid, Path active, long bytes) {
        throw notOpen();
    }

    @Override
    public void mirror(int domid, Path active, Path target, DoubleConsumer progress) {
        throw notOpen();
    }

    @Override
    public boolean pivot(int domid, Path target) {
        throw notOpen();
    }

    @Override
    public void endMirror(int domid, Path target) {}

    @Override
    public void endMirrors(int domid) {}

    @Override
    public void handOver(int domid) {}

    @Override
    public void closeUnused(int domid) {}

    private static HypervisorException notOpen() {
        return new HypervisorException(LibxlError.QMP_DEVICE_NOT_FOUND, "simulated domains have no QEMU");
    }
}
