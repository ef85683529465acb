package org.jxapi.domain;

import java.util.ArrayList;
import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;

/**
 * How far an HVM guest's clock is from UTC, in seconds: {@code platform:timeoffset}. A disk that is reset at each boot
 * takes what Windows notes on it about its clock back with it, so {@code other_config:timeoffset} of that disk counts
 * instead.
 */
final class ClockOffset {
    private static final String KEY = "timeoffset";

    private ClockOffset() {}

    /** XAPI's error when more than one such disk has an offset; what is no number is 0. */
    static int of(Snapshot snapshot, Ref<VM> ref, Row<VM> vm) {
        List<String> disks = new ArrayList<>(List.of(ref.value()));
        String offset = vm.get(VM.PLATFORM).getOrDefault(KEY, "0");
        for (Ref<VBD> vbd : vm.get(VM.VBDS)) {
            Ref<VDI> vdi = snapshot.get(vbd, VBD.VDI);
            if (snapshot.get(vbd, VBD.EMPTY) || snapshot.get(vdi, VDI.ON_BOOT) != OnBoot.RESET) {
                continue;
            }
            String own = snapshot.get(vdi, VDI.OTHER_CONFIG).get(KEY);
            if (own != null) {
                disks.add(vdi.value());
                offset = own;
            }
        }
        if (disks.size() > 2) {
            throw new XenApiException(
                    "VM_ATTACHED_TO_MORE_THAN_ONE_VDI_WITH_TIMEOFFSET_MARKED_AS_RESET_ON_BOOT", disks);
        }
        return offset.matches("-?\\d{1,9}") ? Integer.parseInt(offset) : 0;
    }
}
