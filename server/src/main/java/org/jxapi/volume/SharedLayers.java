package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jxapi.image.Origin;
import org.jxapi.image.Qcow2Image;

/**
 * The parts that two chains of qcow2 images share: those that both have from the same layer. These are all parts that no
 * layer above their nearest common one has changed.
 */
record SharedLayers(Qcow2Image disk, Qcow2Image base) implements SharedParts {
    /** Opens two chains to compare them. */
    static Differences compare(Path disk, Path base) throws IOException {
        Qcow2Image opened = Qcow2Image.open(disk, false);
        try {
            Qcow2Image other = Qcow2Image.open(base, false);
            return new Differences(opened, other, new SharedLayers(opened, other));
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public Part part(long offset, long length) throws IOException {
        Origin ours = disk.origin(offset, length);
        Origin theirs = base.origin(offset, ours.length());
        return new Part(theirs.length(), Objects.equals(ours.image(), theirs.image()));
    }

    @Override
    public void close() {
        // The images are those that are compared, which are closed with the comparison.
    }
}
