package org.jxapi.host;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Properties;
import org.jxapi.store.SafeFile;

/** The settings of this host, in a properties file of the data folder. */
public final class SettingsFile implements LocalSettings {
    private final Path file;

    public SettingsFile(Path dataDir) {
        this.file = dataDir.resolve("host.properties");
    }

    @Override
    public synchronized String get(String key, String otherwise) {
        return read().getProperty(key, otherwise);
    }

    @Override
    public synchronized void put(String key, String value) {
        Properties all = read();
        if (Objects.equals(all.setProperty(key, value), value)) {
            return;
        }
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
