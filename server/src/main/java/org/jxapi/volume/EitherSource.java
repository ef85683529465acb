package org.jxapi.volume;

import java.nio.file.Path;
import org.jxapi.datamodel.XenApiException;

/** A share that is mounted by the first of two versions of the protocol, or, if the server refuses that, by the second. */
record EitherSource(MountSource first, MountSource second) implements MountSource {
    @Override
    public String name() {
        return first.name();
    }

    @Override
    public String place() {
        return first.place();
    }

    @Override
    public void create() {
        try {
            first.create();
        } catch (XenApiException e) {
            otherwise(e, second::create);
        }
    }

    @Override
    public void mount(Path at) {
        try {
            first.mount(at);
        } catch (XenApiException e) {
            otherwise(e, () -> second.mount(at));
        }
    }

    /** The reason of the first failure is the one that counts, as with XenServer. */
    private static void otherwise(XenApiException reason, Runnable other) {
        try {
            other.run();
        } catch (XenApiException e) {
            throw reason;
        }
    }

    @Override
    public void destroy() {
        // The share and its discs are not ours.
    }

    @Override
    public SmFailure unmountFailure() {
        return first.unmountFailure();
    }
}
