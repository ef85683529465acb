package org.jxapi.xe;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The data that the client reads for the server: a file, a folder's list of files, or a URL. The command line names it.
 *
 * @param size bytes of it; -1 if that is not known
 */
record Source(InputStream in, long size) implements Closeable {
    private static final long UNKNOWN = -1;
    private static final int REDIRECTS = 10;
    private static final int CONNECT_MILLIS = 30_000;
    private static final int READ_MILLIS = 120_000;
    private static final int LAST_PORT = 65_535;

    /** Whether a name is a URL that the client downloads. */
    static boolean url(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith("http://") || lower.startsWith("https://");
    }

    /** Opens a file. Only a plain file's size is known; the end of anything else is the end of the connection. */
    static Source file(Path file) throws IOException {
        return new Source(Files.newInputStream(file), Files.isRegularFile(file) ? Files.size(file) : UNKNOWN);
    }

    /** The files of a folder: a name, a tab and a size on each line. */
    static Source folder(Path folder) throws IOException {
        StringBuilder list = new StringBuilder();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (Files.isRegularFile(file)) {
                    list.append(file.getFileName())
                            .append('\t')
                            .append(Files.size(file))
                            .append('\n');
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        byte[] bytes = list.toString().getBytes(StandardCharsets.UTF_8);
        return new Source(new ByteArrayInputStream(bytes), bytes.length);
    }

    /** Downloads a URL, also where it is moved to, but never from a server with TLS to one without. */
    static Source download(String name) throws IOException {
        URL url = url(URI.create("x:/"), name);
        for (int i = 0; i < REDIRECTS; i++) {
            HttpURLConnection connection = (HttpURLConnection) url.openConnection();
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(READ_MILLIS);
            int status = connection.getResponseCode();
            String location = connection.getHeaderField("Location");
            if (status / 100 == 3 && location != null) {
                connection.disconnect();
                URL next = url(URI.create(url.toString()), location);
                if (url.getProtocol().equals("https") && !next.getProtocol().equals("https")) {
                    throw new IOException(name + " leads to a server without TLS");
                }
                url = next;
                continue;
            }
            if (status != HttpURLConnection.HTTP_OK) {
                throw new IOException(name + ": the server answers with status " + status);
            }
            return new Source(connection.getInputStream(), connection.getContentLengthLong());
        }
        throw new IOException(name + ": too many redirections");
    }

    private static URL url(URI base, String name) throws IOException {
        try {
            URI uri = base.resolve(name);
            if (!url(uri.toString()) || uri.getHost() == null || uri.getPort() > LAST_PORT) {
                throw new IOException(name + " is no URL of http or https");
            }
            return uri.toURL();
        } catch (IllegalArgumentException e) {
            throw new IOException(name + " is no URL", e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
