package org.jxapi.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * The web console of this build, from its jar. A file is read when a browser asks for it first. Nothing else of the jar is
 * served: {@code web/files} lists its files.
 */
public final class ConsoleFiles implements SiteFiles {
    private static final String FOLDER = "web/";
    /** Scripts and styles come from this host only, none is inline, and no other page may frame this one. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final List<HttpField> HEADERS = List.of(
            new PreEncodedHttpField("Content-Security-Policy", POLICY),
            new PreEncodedHttpField("X-Content-Type-Options", "nosniff"),
            new PreEncodedHttpField("Referrer-Policy", "no-referrer"),
            new PreEncodedHttpField("Cross-Origin-Opener-Policy", "same-origin"));

    private final ClassLoader loader;
    private @Nullable Map<String, Listed> listed;
    /** Files that have been read, compressed or not; together at most the page itself, about 2 MB. */
    private final Map<String, byte[]> read = new ConcurrentHashMap<>();

    /** A line of {@code web/files}. */
    private record Listed(String type, String hash) {}

    public ConsoleFiles() {
        this(ConsoleFiles.class.getClassLoader());
    }

    ConsoleFiles(ClassLoader loader) {
        this.loader = loader;
    }

    @Override
    public List<HttpField> headers() {
        return HEADERS;
    }

    @Override
    public @Nullable SiteFile find(String path, boolean gzip) throws IOException {
        String name = path.equals("/") ? "index.html" : path.substring(1);
        Listed file = listed().get(name);
        if (file == null) {
            return null;
        }
        byte[] bytes = bytes(gzip ? name + ".gz" : name);
        return new SiteFile(
                file.type(),
                "\"" + file.hash() + (gzip ? "-gz" : "") + "\"",
                bytes.length,
                gzip,
                name.startsWith("app/"),
                () -> Content.Source.from(ByteBuffer.wrap(bytes)));
    }

    private synchronized Map<String, Listed> listed() throws IOException {
        if (listed == null) {
            Map<String, Listed> all = new HashMap<>();
            try (InputStream in = loader.getResourceAsStream(FOLDER + "files")) {
                InputStream list = in == null ? new ByteArrayInputStream(new byte[0]) : in;
                for (String line : new String(list.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList()) {
                    String[] parts = line.split("\t", -1);
                    all.put(parts[0], new Listed(parts[1], parts[2]));
                }
            }
            listed = all;
        }
        return listed;
    }

    private byte[] bytes(String name) throws IOException {
        byte[] known = read.get(name);
        if (known != null) {
            return known;
        }
        try (InputStream in = loader.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IOException("the build lacks " + FOLDER + name);
            }
            byte[] bytes = in.readAllBytes();
            byte[] other = read.putIfAbsent(name, bytes);
            return other == null ? bytes : other;
        }
    }
}
