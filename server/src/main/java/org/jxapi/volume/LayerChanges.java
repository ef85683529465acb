package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import org.jxapi.image.Backing;
import org.jxapi.image.Qcow2Image;
import org.jxapi.image.Range;

/** The changes of a disk that its layers hold: a new layer is empty, so each holds what was written since it was made. */
final class LayerChanges {
    private LayerChanges() {}

    /** The name of the layer behind an image; empty if there is none. */
    static String below(Path image) throws IOException {
        Backing below = Qcow2Image.info(image).backing();
        return below == null ? "" : below.name();
    }

    /** The changes of an image since that layer, which is behind it; everything if it is not. */
    static ChangedBlocks since(Path image, String layer) throws IOException {
        ChangedBlocks changed = ChangedBlocks.none(Qcow2Image.info(image).bytes());
        Path at = image;
        while (!Layers.name(at).equals(layer)) {
            // Opening an image fails for chains that are circles.
            try (Qcow2Image opened = Qcow2Image.open(at, false)) {
                for (Range range = opened.held(0); range != null; range = opened.held(range.end())) {
                    changed.add(range.offset(), range.length());
                }
                changed.addGrowth(opened.bytes());
            }
            String below = below(at);
            if (below.isEmpty()) {
                return ChangedBlocks.all(changed.bytes());
            }
            at = at.resolveSibling(below);
        }
        changed.addGrowth(Qcow2Image.info(at).bytes());
        return changed;
    }
}
