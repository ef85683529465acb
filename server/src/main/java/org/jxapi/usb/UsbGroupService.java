package org.jxapi.usb;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.xenapi.PUSB;
import org.jxapi.xenapi.USBGroup;
import org.jxapi.xenapi.USBGroupMessages;
import org.jxapi.xenapi.VUSB;

/** The messages of class USB_group. */
public final class UsbGroupService implements USBGroupMessages<Call> {
    private final Store store;

    UsbGroupService(Store store) {
        this.store = store;
    }

    @Override
    public Ref<USBGroup> create(Call call, String nameLabel, String nameDescription, Map<String, String> otherConfig) {
        return store.transact(tx -> tx.create(Row.of(USBGroup.XEN_CLASS)
                .with(USBGroup.NAME_LABEL, nameLabel)
                .with(USBGroup.NAME_DESCRIPTION, nameDescription)
                .with(USBGroup.OTHER_CONFIG, otherConfig)));
    }

    /** A group that has devices, or serves a VM that runs, stays. */
    @Override
    public void destroy(Call call, Ref<USBGroup> self) {
        store.change(tx -> {
            Row<USBGroup> group = tx.row(self);
            List<Ref<VUSB>> vusbs = List.copyOf(group.get(USBGroup.VUSBS));
            List<String> attached = vusbs.stream()
                    .filter(vusb -> tx.get(vusb, VUSB.CURRENTLY_ATTACHED))
                    .map(Ref::value)
                    .toList();
            if (!attached.isEmpty()) {
                throw new XenApiException("USB_GROUP_CONTAINS_VUSB", attached);
            }
            List<Ref<PUSB>> pusbs = group.get(USBGroup.PUSBS);
            if (!pusbs.isEmpty()) {
                throw new XenApiException(
                        "USB_GROUP_CONTAINS_PUSB",
                        pusbs.stream().map(Ref::value).toList());
            }
            vusbs.forEach(tx::destroy);
            tx.destroy(self);
        });
    }
}
