package org.jxapi.http;

import java.io.IOException;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.jspecify.annotations.Nullable;

/** The files that browsers get at {@code /}: the web console, or a folder in its place. */
public interface SiteFiles {
    /** No files at all. */
    SiteFiles NONE = new SiteFiles() {
        @Override
        public @Nullable SiteFile find(String path, boolean gzip) {
            return null;
        }

        @Override
        public List<HttpField> headers() {
            return List.of();
        }
    };

    /**
     * The file at a path.
     *
     * @param path decoded, with a slash at its beginning; {@code /} is the page itself
     * @param gzip whether the client takes a compressed file
     * @return null when there is no such file
     */
    @Nullable
    SiteFile find(String path, boolean gzip) throws IOException;

    /** Headers that each of its answers has. */
    List<HttpField> headers();
}
