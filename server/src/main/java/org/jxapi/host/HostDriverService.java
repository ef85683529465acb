package org.jxapi.host;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.DriverVariant;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostDriver;
import org.jxapi.xenapi.HostDriverMessages;

/**
 * The messages of class Host_driver. A host of jxapi has one variant of each driver, that of its
 * kernel, so that there is nothing to choose: objects come with a database from elsewhere, and a scan removes them.
 */
public final class HostDriverService implements HostDriverMessages<Call> {
    private final Store store;

    public HostDriverService(Store store) {
        this.store = store;
    }

    /** HOST_DRIVER_NO_HARDWARE, or XAPI's INTERNAL_ERROR for a host without its tool. */
    static XenApiException refused(Snapshot snapshot, Ref<DriverVariant> variant) {
        return snapshot.get(variant, DriverVariant.HARDWARE_PRESENT)
                ? noTool()
                : Errors.hostDriverNoHardware(variant.value());
    }

    private static XenApiException noTool() {
        return Errors.internalError("the host has no tool that changes its drivers");
    }

    @Override
    public void select(Call call, Ref<HostDriver> self, Ref<DriverVariant> variant) {
        Snapshot snapshot = store.snapshot();
        if (!snapshot.get(self, HostDriver.VARIANTS).contains(variant)) {
            throw Errors.invalidValue("variant", variant.value());
        }
        throw refused(snapshot, variant);
    }

    @Override
    public void deselect(Call call, Ref<HostDriver> self) {
        store.snapshot().require(self);
        throw noTool();
    }

    @Override
    public void rescan(Call call, Ref<Host> host) {
        rescan(store, host);
    }

    static void rescan(Store store, Ref<Host> host) {
        store.change(tx -> {
            tx.require(host);
            for (Stored<HostDriver> driver : tx.all(HostDriver.XEN_CLASS)) {
                Row<HostDriver> row = driver.row();
                if (row.get(HostDriver.HOST).equals(host)) {
                    List.copyOf(row.get(HostDriver.VARIANTS)).forEach(tx::destroy);
                    tx.destroy(driver.ref());
                }
            }
        });
    }
}
