package org.jxapi.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * The files of a folder, which replace the web console. Only regular files are served whose real path is in the folder. Names
 * that begin with a dot are not served. {@code NAME.gz} is the compressed form of NAME.
 */
public final class FolderFiles implements SiteFiles {
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("gif", "image/gif"),
            Map.entry("htm", "text/html; charset=utf-8"),
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("map", "application/json"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("png", "image/png"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("ttf", "font/ttf"),
            Map.entry("txt", "text/plain; charset=utf-8"),
            Map.entry("wasm", "application/wasm"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("webp", "image/webp"),
            Map.entry("woff", "font/woff"),
            Map.entry("woff2", "font/woff2"));

    private static final List<HttpField> HEADERS = List.of(
            new PreEncodedHttpField("X-Content-Type-Options", "nosniff"),
            new PreEncodedHttpField("Referrer-Policy", "no-referrer"));

    private final Path folder;

    public FolderFiles(Path folder) {
        this.folder = folder;
    }

    @Override
    public List<HttpField> headers() {
        return HEADERS;
    }

    @Override
    public @Nullable SiteFile find(String path, boolean gzip) throws IOException {
        Path plain = real(path.endsWith("/") ? path + "index.html" : path);
        if (plain == null) {
            return null;
        }
        Path compressed = gzip ? real(path.endsWith("/") ? path + "index.html.gz" : path + ".gz") : null;
        Path file = compressed == null ? plain : compressed;
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        String tag = "\"" + Long.toHexString(attributes.lastModifiedTime().toMillis()) + "-"
                + Long.toHexString(attributes.size()) + (compressed == null ? "" : "-gz") + "\"";
        return new SiteFile(
                type(plain), tag, attributes.size(), compressed != null, false, () -> Content.Source.from(file));
    }

    /** The real path of a file in the folder; null when there is none. */
    private @Nullable Path real(String path) throws IOException {
        for (String name : path.split("/")) {
            if (name.startsWith(".")) {
                return null;
            }
        }
        try {
            Path real = folder.resolve(path.substring(1)).toRealPath();
            return real.startsWith(folder.toRealPath()) && Files.isRegularFile(real) ? real : null;
        } catch (NoSuchFileException | InvalidPathException e) {
            return null;
        }
    }

    private static String type(Path file) {
        String name = file.getFileName().toString();
        String end = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(end, "application/octet-stream");
    }
}
