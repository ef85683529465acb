package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Programs of LVM on a group that another host changes at the same time. */
final class RacingLvm implements Lvm {
    /** Something that another host does. */
    interface Change {
        void make() throws IOException;
    }

    private final Lvm lvm;
    private Change meanwhile = () -> {};

    RacingLvm(Lvm lvm) {
        this.lvm = lvm;
    }

    /** Another host makes that change right after the next one of this host. */
    void meanwhile(Change change) {
        meanwhile = change;
    }

    @Override
    public String run(List<String> command) throws IOException {
        return lvm.run(command);
    }

    @Override
    public void settle() throws IOException {
        Change change = meanwhile;
        meanwhile = () -> {};
        change.make();
    }

    @Override
    public void forgetCached(Path device) throws IOException {
        lvm.forgetCached(device);
    }
}
