package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The volumes of a repository that may be chains of qcow2 images. A layer has exactly what was written since it was made, so the
 * layer behind the present one is what is kept of a chain.
 *
 * @param others the volumes that are none
 */
record TrackedLayers(Qcow2Volumes qcow2, TrackedImages others) implements TrackedImages {
    @Override
    public boolean holds(String location) throws IOException {
        return qcow2.holds(location) || others.holds(location);
    }

    @Override
    public long bytes(String location) throws IOException {
        return qcow2.holds(location) ? qcow2.bytes(location) : others.bytes(location);
    }

    @Override
    public void settle(String location) throws IOException {
        if (qcow2.holds(location)) {
            qcow2.settle(location);
        }
    }

    @Override
    public Optional<String> keep(String location) throws IOException {
        Optional<Path> leaf = qcow2.leaf(location);
        return leaf.isPresent() ? Optional.of(LayerChanges.below(leaf.get())) : others.keep(location);
    }

    @Override
    public ChangedBlocks since(String location, String kept) throws IOException {
        Optional<Path> leaf = qcow2.leaf(location);
        return leaf.isPresent() ? LayerChanges.since(leaf.get(), kept) : others.since(location, kept);
    }

    @Override
    public void keepOnly(Set<String> names) throws IOException {
        others.keepOnly(names);
    }
}
