package org.jxapi.vm;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jxapi.datamodel.Ref;
import org.jxapi.domain.DeviceName;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;

/** The device numbers that a VM has not given away yet. */
final class FreeDevices {
    /** XAPI offers devices 0 to 15 to every guest: allowed_VIF_devices of xapi_vm_helpers.ml. */
    private static final int MAX_VIFS = 16;

    private FreeDevices() {}

    static List<String> vbds(Snapshot snapshot, Ref<VM> vm) {
        Set<String> used = DeviceName.used(snapshot, snapshot.row(vm));
        return IntStream.range(0, DeviceName.NUMBERS)
                .filter(number -> !used.contains(DeviceName.of(number).vdev()))
                .mapToObj(Integer::toString)
                .toList();
    }

    static List<String> vifs(Snapshot snapshot, Ref<VM> vm) {
        Set<String> used = new TreeSet<>();
        snapshot.get(vm, VM.VIFS).forEach(vif -> used.add(snapshot.get(vif, VIF.DEVICE)));
        return IntStream.range(0, MAX_VIFS)
                .mapToObj(Integer::toString)
                .filter(d -> !used.contains(d))
                .toList();
    }
}
