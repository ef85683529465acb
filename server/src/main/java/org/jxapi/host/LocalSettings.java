package org.jxapi.host;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;

/** What this host remembers for itself, outside the pool's database: a properties file in the data folder. */
public final class LocalSettings {
    /** Whether the host is enabled again when jxapid starts; {@code false} after a host.disable that said so. */
    public static final String AUTO_ENABLE = "host-auto-enable";

    /** The name that was given to a simulated host; a real one asks its kernel. */
    public static final String HOSTNAME = "simulated-hostname";

    private final Path file;

    public LocalSettings(Path dataDir) {
        this.file = dataDir.resolve("host.properties");
    }

    public synchronized String get(String key, String otherwise) {
        return read().getProperty(key, otherwise);
    }

    /** On disk when this returns. */
    public synchronized void put(String key, String value) {
        Properties all = read();
        all.setProperty(key, value);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (Writer out = Files.newBufferedWriter(fresh)) {
            all.store(out, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Properties read() {
        Properties all = new Properties();
        if (Files.exists(file)) {
            try (Reader in = Files.newBufferedReader(file)) {
                all.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return all;
    }
}
