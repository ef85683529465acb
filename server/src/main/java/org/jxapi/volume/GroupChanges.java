package org.jxapi.volume;

import java.io.IOException;
import java.util.List;

/**
 * Changes volume groups that several hosts of a pool use. LVM does not keep two hosts apart that change one group, so the
 * coordinator makes the changes of all hosts.
 */
public interface GroupChanges {
    /**
     * Runs a program of LVM that changes the group of a repository, and returns its standard output.
     *
     * @param sr {@code SR.uuid}
     */
    String run(String sr, List<String> command) throws IOException;

    /** No other host uses the group, so the host that asked makes the change itself. */
    final class OwnChange extends IOException {
        private static final long serialVersionUID = 1;

        public OwnChange(String reason) {
            super(reason);
        }
    }

    /** Those of a host that is the coordinator itself. */
    static GroupChanges here() {
        return (sr, command) -> Lvm.ofThisHost().run(command);
    }
}
