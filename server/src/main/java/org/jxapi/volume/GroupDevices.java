package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The block devices that carry the volume group of a repository, and the way to them. */
interface GroupDevices {
    /** The place of the repository: equal for settings that lead to the same devices. */
    String place();

    /** Whether other hosts may reach the devices too. */
    default boolean remote() {
        return false;
    }

    /** Makes the devices usable on this host, and returns them. Called twice, it does no harm. */
    List<Path> connect();

    /** The opposite of {@link #connect}. */
    void disconnect();

    /** Makes the devices ready for a new volume group; fails when one of them is in use or holds anything. */
    List<Path> prepare();

    /** Work on the volume group. */
    interface Work {
        void run() throws IOException;
    }

    /**
     * Does work with the devices, which stay connected only if it is done.
     *
     * @param failure the error for what LVM refuses
     */
    default void keepIfDone(SmFailure failure, Work work) {
        boolean done = false;
        try {
            work.run();
            done = true;
        } catch (IOException e) {
            throw failure.error(e);
        } finally {
            if (!done) {
                disconnect();
            }
        }
    }
}
