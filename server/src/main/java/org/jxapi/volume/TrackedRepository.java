package org.jxapi.volume;

import java.io.IOException;
import java.util.Map;

/** A repository that tracks the changes of its volumes. */
abstract class TrackedRepository implements Repository {
    abstract ImageTracking tracking();

    /** An operation begins: other hosts may have changed something since the last one. */
    void begins() {
        // Only this host changes it, or its file system shows the changes of others.
    }

    @Override
    public boolean snapshot(String from, String to) throws IOException {
        boolean atOnce = clone(from, to);
        if (atOnce) {
            tracking().snapshot(from, to);
        }
        return atOnce;
    }

    @Override
    public Map<String, Long> logs() {
        begins();
        try {
            return tracking().logs();
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error(e);
        }
    }

    @Override
    public boolean tracks(String location) {
        begins();
        try {
            return tracking().tracks(location);
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error(e);
        }
    }

    @Override
    public void track(String location) throws IOException {
        begins();
        tracking().track(location);
    }

    @Override
    public void untrack(String location) throws IOException {
        begins();
        tracking().untrack(location);
    }

    @Override
    public ChangedBlocks changed(String from, String to) throws IOException {
        begins();
        return tracking().changed(from, to);
    }
}
