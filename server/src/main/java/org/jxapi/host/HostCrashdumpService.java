package org.jxapi.host;

import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.HostCrashdump;
import org.jxapi.xenapi.HostCrashdumpMessages;

/** The messages of class host_crashdump. Hosts of jxapi have none: objects come with a database from elsewhere. */
public final class HostCrashdumpService implements HostCrashdumpMessages<Call> {
    private final Store store;

    public HostCrashdumpService(Store store) {
        this.store = store;
    }

    @Override
    public void destroy(Call call, Ref<HostCrashdump> self) {
        store.change(tx -> {
            tx.require(self);
            tx.destroy(self);
        });
    }

    @Override
    public void upload(Call call, Ref<HostCrashdump> self, String url, Map<String, String> options) {
        store.snapshot().row(self);
        if (url.isEmpty()) {
            throw Errors.invalidValue("url", "");
        }
        throw Errors.notImplemented("host_crashdump.upload");
    }
}
