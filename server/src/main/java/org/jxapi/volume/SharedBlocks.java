package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The parts that two files of one file system share: those that both have in the same blocks of the disk. */
record SharedBlocks(FileExtents one, FileExtents other) implements SharedParts {
    /** Looks at two files; nothing is shared where that is not known. */
    static SharedParts of(Path one, Path other) throws IOException {
        // Numbers of blocks mean nothing on another file system.
        if (!Files.getAttribute(one, "unix:dev").equals(Files.getAttribute(other, "unix:dev"))) {
            return NONE;
        }
        return new SharedBlocks(FileExtents.open(one), FileExtents.open(other));
    }

    @Override
    public Part part(long offset, long length) {
        FileExtents.Extent ours = one.extent(offset, length);
        FileExtents.Extent theirs = other.extent(offset, ours.length());
        return new Part(theirs.length(), theirs.shared() && theirs.at() == ours.at());
    }

    @Override
    public void close() {
        one.close();
        other.close();
    }
}
