package org.jxapi.pool;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PoolPatch;
import org.jxapi.xenapi.PoolPatchMessages;

/** The messages of class pool_patch. XAPI passes them on to the patch's pool_update, and here there are none. */
public final class PoolPatchService implements PoolPatchMessages<Call> {
    private final Store store;

    public PoolPatchService(Store store) {
        this.store = store;
    }

    /** The error of a patch: HANDLE_INVALID, or NOT_IMPLEMENTED for one that came with a database from elsewhere. */
    private XenApiException refused(Ref<PoolPatch> patch, String message) {
        store.snapshot().row(patch);
        return Errors.notImplemented(message);
    }

    private XenApiException refused(Ref<PoolPatch> patch, Ref<Host> host, String message) {
        store.snapshot().row(host);
        return refused(patch, message);
    }

    @Override
    public String apply(Call call, Ref<PoolPatch> self, Ref<Host> host) {
        throw refused(self, host, "pool_update.apply");
    }

    @Override
    public void poolApply(Call call, Ref<PoolPatch> self) {
        throw refused(self, "pool_update.apply");
    }

    @Override
    public String precheck(Call call, Ref<PoolPatch> self, Ref<Host> host) {
        throw refused(self, host, "pool_update.precheck");
    }

    /** Patches have no files, and XAPI looks at no reference here. */
    @Override
    public void clean(Call call, Ref<PoolPatch> self) {}

    @Override
    public void poolClean(Call call, Ref<PoolPatch> self) {
        throw refused(self, "pool_update.pool_clean");
    }

    @Override
    public void destroy(Call call, Ref<PoolPatch> self) {
        throw refused(self, "pool_update.destroy");
    }

    @Override
    public void cleanOnHost(Call call, Ref<PoolPatch> self, Ref<Host> host) {
        store.snapshot().row(host);
    }
}
