package org.jxapi.image;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An image that holds a part of its disk itself; the rest is in the image below it, or zeros. */
interface Layered extends Image {
    /** The part that begins there in the backing files; a hole if there are none. */
    Extent extentBelow(long offset, long length) throws IOException;

    /** The size of what is below; 0 if there is nothing. */
    long bytesBelow();

    /** The first part, from there on, that the image holds itself; null if there is none. */
    @Nullable
    Range held(long from) throws IOException;
}
