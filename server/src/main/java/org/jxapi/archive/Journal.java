package org.jxapi.archive;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Sample;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The values that are not in the files of their owners yet, in numbered parts. When all files are newer than the beginning of
 * a part, the parts before it are removed.
 */
final class Journal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final Pattern PART = Pattern.compile("journal-(\\d{1,15})");

    private final Path folder;
    private long newest;
    private @Nullable JournalWriter writer;
    private boolean failed;

    Journal(Path folder) {
        this.folder = folder;
    }

    private NavigableMap<Long, Path> parts() throws IOException {
        NavigableMap<Long, Path> parts = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "journal-*")) {
            for (Path file : files) {
                Matcher matcher = PART.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    parts.put(Long.parseLong(matcher.group(1)), file);
                }
            }
        }
        return parts;
    }

    /** Reads all parts. It passes over damaged records, and reads the rest. */
    void replay(JournalReader.Moments moments) throws IOException {
        for (Path part : parts().values()) {
            try {
                JournalReader.read(part, moments);
            } catch (IOException e) {
                LOG.warn("Measurements: {} cannot be read to its end: {}", part, e.getMessage());
            }
        }
    }

    /** Begins a new part. */
    void begin() throws IOException {
        close();
        NavigableMap<Long, Path> parts = parts();
        newest = parts.isEmpty() ? newest + 1 : Math.max(newest, parts.lastKey()) + 1;
        writer = JournalWriter.create(folder.resolve("journal-" + newest));
    }

    /** Removes the parts before the newest. */
    void dropOlder() throws IOException {
        for (Path part : parts().headMap(newest, false).values()) {
            Files.deleteIfExists(part);
        }
    }

    /** Appends the values of a moment. While the disk is full they are in memory only, and the log says so once. */
    void append(double time, Map<Owner, Sample> samples) {
        try {
            if (writer == null) {
                begin();
            }
            if (writer != null) {
                writer.append(time, samples);
            }
            if (failed) {
                LOG.info("Measurements: they are kept on disk again");
                failed = false;
            }
        } catch (IOException e) {
            if (!failed) {
                LOG.warn("Measurements: they are in memory only: {}: {}", folder, e.getMessage());
                failed = true;
            }
            // A part whose last record is not complete takes no further ones.
            abandon();
        }
    }

    private void abandon() {
        try {
            close();
        } catch (IOException e) {
            LOG.debug("Measurements: a part of the journal was not closed: {}", e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        JournalWriter open = writer;
        writer = null;
        if (open != null) {
            open.close();
        }
    }
}
