package org.jxapi.volume;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jxapi.image.Image;

/** New contents of a volume, which take the place of the old ones in one step. Closed before that, nothing has happened. */
public interface Stage extends Closeable {
    /** Opens the new contents to be written. The caller closes them before {@link #take}. */
    Image open() throws IOException;

    /** The file of the new contents if it is a raw one, which may be replaced as a whole. */
    Optional<Path> raw();

    /** Makes the new contents those of the volume; on disk when this returns. */
    void take() throws IOException;
}
