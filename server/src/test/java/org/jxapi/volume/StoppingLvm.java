package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Programs of LVM of which some changes fail. */
final class StoppingLvm implements Lvm {
    private static final Set<String> CHANGES =
            Set.of("lvcreate", "lvchange", "lvrename", "lvextend", "lvreduce", "lvremove", "vgchange");

    private final Lvm lvm;
    private int before = Integer.MAX_VALUE;
    private int failing;
    private boolean failed;

    StoppingLvm(Lvm lvm) {
        this.lvm = lvm;
    }

    void work() {
        before = Integer.MAX_VALUE;
        failed = false;
    }

    /** Lets so many changes work and as many fail after them. */
    void fail(int after, int changes) {
        before = after;
        failing = changes;
        failed = false;
    }

    boolean failed() {
        return failed;
    }

    @Override
    public String run(List<String> command) throws IOException {
        if (CHANGES.contains(command.get(0)) && before-- <= 0 && failing-- > 0) {
            failed = true;
            throw new IOException("stopped before " + String.join(" ", command));
        }
        return lvm.run(command);
    }

    @Override
    public void forgetCached(Path device) throws IOException {
        lvm.forgetCached(device);
    }
}
