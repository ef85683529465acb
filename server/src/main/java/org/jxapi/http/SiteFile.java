package org.jxapi.http;

import org.eclipse.jetty.io.Content;

/**
 * A file for browsers.
 *
 * @param type its content type
 * @param tag what differs when the content or its encoding differs, with its quotation marks
 * @param length in bytes, as it is sent
 * @param gzip whether it is compressed
 * @param fixed whether nothing else will ever be at its path
 * @param content reads it; each call begins at the start
 */
record SiteFile(String type, String tag, long length, boolean gzip, boolean fixed, Reader content) {
    /** Opens the content. */
    @FunctionalInterface
    interface Reader {
        Content.Source open();
    }
}
