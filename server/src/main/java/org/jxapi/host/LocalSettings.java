package org.jxapi.host;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.jxapi.store.SafeFile;

/** Settings of this host outside the pool's database: a properties file in the data folder. */
public final class LocalSettings {
    /** Whether the host is enabled again when jxapid starts; {@code false} after a host.disable that said so. */
    public static final String AUTO_ENABLE = "host-auto-enable";

    /** The name that was given to a simulated host; a real one asks its kernel. */
    public static final String HOSTNAME = "simulated-hostname";

    /** The milliseconds that the clock of a simulated host is ahead. */
    public static final String CLOCK_AHEAD = "simulated-clock-ahead";

    /** Whether SSH goes back to its automatic mode when its time is over. */
    public static final String SSH_AUTO_MODE = "ssh-auto-mode-later";

    /** The edition of default templates that the installation has got. */
    public static final String TEMPLATES = "templates-edition";

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
        StringWriter content = new StringWriter();
        try {
            all.store(content, null);
            SafeFile.write(file, content.toString().getBytes(StandardCharsets.UTF_8));
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
