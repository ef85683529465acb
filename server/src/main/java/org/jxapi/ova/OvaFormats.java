package org.jxapi.ova;

import java.util.List;
import java.util.Map;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.storage.DiskContents;
import org.jxapi.store.Store;
import org.jxapi.transfer.ImageDisks;
import org.jxapi.transfer.VmFormats;
import org.jxapi.vm.VmClaims;

/** The formats of this package. */
public final class OvaFormats {
    private OvaFormats() {}

    public static VmFormats of(
            Store store, Dispatcher dispatcher, DiskContents contents, ImageDisks images, VmClaims claims) {
        return new VmFormats(
                List.of(
                        new OvaImport(store, dispatcher, images),
                        new BareOvf(),
                        new DiskImport(store, dispatcher, images)),
                Map.of("ova", new OvaExport(store, contents, claims)));
    }
}
