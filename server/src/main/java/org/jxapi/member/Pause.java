package org.jxapi.member;

import java.io.IOException;

/** The time between two looks at what another host does. */
final class Pause {
    private Pause() {}

    /** Waits; IOException if this thread is interrupted. */
    static void millis(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the wait was interrupted", e);
        }
    }
}
