package org.jxapi.volume;

import java.io.IOException;
import java.util.Set;

/** The volumes of a repository that are no chains of qcow2 images, and the way to track their changes. */
interface OtherImages {
    boolean holds(String location) throws IOException;

    /** The size of the disk, in bytes. */
    long bytes(String location) throws IOException;

    /** Keeps the present blocks of a volume under the name that this returns; empty if that is not possible. */
    String keep(String location) throws IOException;

    /** The changes of a volume since its blocks were kept; everything when they are not there. */
    ChangedBlocks since(String location, String kept) throws IOException;

    /** Lets go all kept blocks but those under these names. */
    void keepOnly(Set<String> names) throws IOException;
}
