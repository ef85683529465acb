package org.jxapi.gpu;

import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.xenapi.PCI;
import org.jxapi.xenapi.PCIMessages;
import org.jxapi.xenapi.PciDom0Access;

/** The messages of class PCI. */
public final class PciService implements PCIMessages<Call> {
    private final HiddenDevices hidden;

    PciService(HiddenDevices hidden) {
        this.hidden = hidden;
    }

    @Override
    public PciDom0Access disableDom0Access(Call call, Ref<PCI> self) {
        hidden.checkNoBootDevice(self);
        return hidden.hide(self);
    }

    @Override
    public PciDom0Access enableDom0Access(Call call, Ref<PCI> self) {
        return hidden.show(self);
    }

    @Override
    public PciDom0Access getDom0AccessStatus(Call call, Ref<PCI> self) {
        return hidden.status(self);
    }
}
