package org.jxapi.volume;

import java.util.Map;

/** The disks of repositories, as the database has them. */
public interface KnownDisks {
    /**
     * The sizes of a repository's disks in bytes, by their locations.
     *
     * @param sr {@code SR.uuid}
     */
    Map<String, Long> sizes(String sr);
}
