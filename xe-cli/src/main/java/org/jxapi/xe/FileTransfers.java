package org.jxapi.xe;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Transfers files over HTTP connections of their own, at the server's request. */
final class FileTransfers {
    private static final int BLOCK = 64 * 1024;
    private static final String HTTPS = "https://";
    private static final int REDIRECTS = 10;
    /** More than the server takes over the protocol itself. */
    private static final int MOST_LOADED = 256 << 20;

    private static final long UNKNOWN = -1;
    /** How often the client reports to the server that a transfer continues. */
    private static final long HEARTBEAT_NANOS = 300_000_000_000L;

    private final Options options;
    private final NamedFiles files;
    private final MadeFiles made;
    private final OutputStream stdout;
    private final ThinWire wire;
    private final Debug debug;

    FileTransfers(Options options, NamedFiles files, MadeFiles made, OutputStream stdout, ThinWire wire, Debug debug) {
        this.options = options;
        this.stdout = stdout;
        this.files = files;
        this.made = made;
        this.wire = wire;
        this.debug = debug;
    }

    /** Gives the server a file, or what a URL has, over the protocol itself. */
    void load(String name) throws IOException {
        byte[] content;
        try (Source source = files.open(name)) {
            content = source.in().readNBytes(MOST_LOADED);
        } catch (ClientException e) {
            throw e;
        } catch (IOException e) {
            if (Source.url(name)) {
                System.err.println(e.getMessage());
            }
            debug.say("cannot read " + name + ": " + e);
            wire.respond(ThinWire.FAILED);
            return;
        }
        wire.respond(ThinWire.OK);
        wire.chunk(content.length).write(content);
        wire.endOfBlob();
    }

    /** The target of a URL: a host, or null for the server itself, and a path. */
    record Target(@Nullable String host, String path) {
        static Target of(String url) {
            if (!url.startsWith(HTTPS)) {
                return new Target(null, url);
            }
            int slash = url.indexOf('/', HTTPS.length());
            String host = slash < 0 ? url.substring(HTTPS.length()) : url.substring(HTTPS.length(), slash);
            return new Target(host.replaceAll(":\\d+$", ""), slash < 0 ? "/" : url.substring(slash));
        }
    }

    /** Connects to the target of a URL. */
    Connection connect(Target target) throws IOException {
        String host = target.host();
        return host == null ? Connection.open(options, debug) : Connection.open(host, options, debug);
    }

    /** The answer to a request: its status and the location of a redirect. */
    record Answer(int status, String line, @Nullable String location) {}

    /** Sends a request's head, and reads the answer's. */
    static Answer ask(Connection connection, String head) throws IOException {
        connection.out.write((head + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        connection.out.flush();
        String status = line(connection.in);
        @Nullable String location = null;
        for (String header = line(connection.in); !header.isEmpty(); header = line(connection.in)) {
            if (header.toLowerCase(Locale.ROOT).startsWith("location:")) {
                location = header.substring("location:".length()).strip();
            }
        }
        String[] words = status.split(" ");
        try {
            return new Answer(Integer.parseInt(words[1]), status, location);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IOException("Bad response from HTTP server: " + status, e);
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.size() > BLOCK) {
                throw new EOFException("the HTTP server's answer ends too early");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8).replace("\r", "");
    }

    /** Fetches a URL into a new file, or to stdout when the name is empty. Whether the command can go on. */
    boolean get(String name, String url) throws IOException {
        @Nullable Path file = name.isEmpty() ? null : files.permittedNew(name);
        try {
            String location = url;
            for (int i = 0; i < REDIRECTS; i++) {
                Target target = Target.of(location);
                try (Connection connection = connect(target)) {
                    Answer answer = ask(connection, "GET " + target.path() + " HTTP/1.0");
                    debug.say("Got " + answer.line());
                    if (answer.status() == 302 && answer.location() != null) {
                        location = answer.location();
                        continue;
                    }
                    if (answer.status() != 200) {
                        throw new IOException("Unhandled response code " + answer.status());
                    }
                    if (file == null) {
                        copy(connection.in, stdout, UNKNOWN);
                        stdout.flush();
                    } else {
                        try (OutputStream out = made.create(file)) {
                            copy(connection.in, out, UNKNOWN);
                        }
                    }
                    wire.respond(ThinWire.OK);
                    return true;
                }
            }
            throw new IOException("too many redirections");
        } catch (FileAlreadyExistsException e) {
            return failed("file '" + name + "' exists already");
        } catch (NoSuchFileException e) {
            return failed("the folder of '" + name + "' does not exist");
        } catch (LocalFile.WriteException e) {
            wire.respond(ThinWire.FAILED);
            throw e;
        } catch (IOException e) {
            // The server detects it, and reports it over the protocol.
            debug.say("HttpGet failure: " + e);
            wire.respond(ThinWire.FAILED);
            return true;
        }
    }

    /** Sends a file to a URL. Whether the command can go on. */
    boolean put(String name, String url) throws IOException {
        if (!Source.url(name) && !Files.exists(files.permitted(name))) {
            return failed("file '" + name + "' does not exist");
        }
        Source source;
        try {
            source = url.startsWith("/import?") && OvfPackage.is(name)
                    ? OvfPackage.open(files.permitted(name))
                    : files.open(name);
        } catch (ClientException e) {
            throw e;
        } catch (IOException e) {
            if (Source.url(name)) {
                return failed(String.valueOf(e.getMessage()));
            }
            debug.say("HttpPut failure: " + e);
            wire.respond(ThinWire.FAILED);
            return true;
        }
        try (source) {
            String location = url;
            long size = source.size();
            for (int i = 0; i < REDIRECTS; i++) {
                Target target = Target.of(location);
                try (Connection connection = connect(target)) {
                    String length = size == UNKNOWN ? "" : "\r\nContent-length: " + size;
                    debug.say("PUTting to path [" + target.path() + "]");
                    Answer answer = ask(connection, "PUT " + target.path() + " HTTP/1.0" + length);
                    if (answer.status() == 302 && answer.location() != null) {
                        location = answer.location();
                        continue;
                    }
                    if (answer.status() != 200) {
                        throw new IOException("Unhandled response code " + answer.status());
                    }
                    copy(source.in(), connection.out, size);
                    connection.out.flush();
                    wire.respond(ThinWire.OK);
                    return true;
                }
            }
            throw new IOException("too many redirections");
        } catch (IOException e) {
            debug.say("HttpPut failure: " + e);
            wire.respond(ThinWire.FAILED);
            return true;
        }
    }

    private boolean failed(String why) throws IOException {
        wire.respond(ThinWire.FAILED);
        System.err.println("Operation failed. Error: " + why);
        return false;
    }

    private void copy(InputStream in, OutputStream out, long size) throws IOException {
        byte[] block = new byte[BLOCK];
        long last = System.nanoTime();
        try (ProgressLine progress = new ProgressLine(!options.givesProgress(), size)) {
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                out.write(block, 0, n);
                progress.add(n);
                if (System.nanoTime() - last >= HEARTBEAT_NANOS) {
                    wire.respond(ThinWire.WAIT);
                    last = System.nanoTime();
                }
            }
        }
    }
}
