package org.jxapi.volume;

import java.io.IOException;
import java.util.Map;

/** A repository of images whose changes are tracked. */
abstract class TrackedRepository implements Repository {
    abstract ImageTracking tracking();

    @Override
    public Map<String, Long> logs() {
        try {
            return tracking().logs();
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error(e);
        }
    }

    @Override
    public boolean tracks(String location) {
        try {
            return tracking().tracks(location);
        } catch (IOException e) {
            throw SmFailure.SR_SCAN.error(e);
        }
    }

    @Override
    public void track(String location) throws IOException {
        tracking().track(location);
    }

    @Override
    public void untrack(String location) throws IOException {
        tracking().untrack(location);
    }

    @Override
    public ChangedBlocks changed(String from, String to) throws IOException {
        return tracking().changed(from, to);
    }
}
