package org.jxapi.volume;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jxapi.store.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs of changed blocks of a repository: {@code X.cbtlog} is that of volume X. Each log is replaced in one step. Logs refer
 * only to their parents, so one step also puts a snapshot between a disk and its parent, or takes it out.
 */
final class BlockLogs {
    private static final Logger LOG = LoggerFactory.getLogger(BlockLogs.class);
    static final String SUFFIX = ".cbtlog";
    /** A log that was not complete when the power failed. */
    static final String PART = SUFFIX + ".new";

    /** All repositories in one folder share these. */
    private static final Turns TURNS = new Turns();

    private final LogStore store;

    BlockLogs(LogStore store) {
        this.store = store;
    }

    /** Does work that reads logs and may write them, while no other thread changes any in the folder. */
    <T> T alone(Turns.Work<T> work) throws IOException {
        return TURNS.take(store.folder(), work);
    }

    /** Work that changes logs. */
    interface Change {
        void run() throws IOException;
    }

    /** {@link #alone} without a result. */
    void change(Change change) throws IOException {
        alone(() -> {
            change.run();
            return true;
        });
    }

    private static String name(String location) {
        return location + SUFFIX;
    }

    /** Whether a volume has a log, readable or not. Costs little, and waits for nothing. */
    boolean has(String location) throws IOException {
        return store.has(name(location));
    }

    /** The log of a volume; empty when it has none that can be read. */
    Optional<BlockLog> find(String location) throws IOException {
        try (InputStream in = store.read(name(location))) {
            return Optional.of(BlockLog.read(in));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn(
                    "Log of changed blocks {}: not readable, so it does not count: {}",
                    store.path(name(location)),
                    Reason.of(e));
            return Optional.empty();
        }
    }

    /** All logs that can be read, by the locations of their volumes. */
    Map<String, BlockLog> all() throws IOException {
        Map<String, BlockLog> all = new TreeMap<>();
        for (String name : store.names(SUFFIX)) {
            String location = name.substring(0, name.length() - SUFFIX.length());
            find(location).ifPresent(log -> all.put(location, log));
        }
        return all;
    }

    /** Writes a log; on disk when this returns. */
    void write(String location, BlockLog log) throws IOException {
        store.write(name(location), log.toBytes());
    }

    void delete(String location) throws IOException {
        if (store.remove(name(location))) {
            store.sync();
        }
    }

    /** Removes a log. Its changes become those of the volumes that were taken after it. */
    void remove(String location) throws IOException {
        Optional<BlockLog> removed = find(location);
        if (removed.isPresent()) {
            for (Map.Entry<String, BlockLog> child : all().entrySet()) {
                BlockLog log = child.getValue();
                if (log.parent().equals(location)) {
                    log.changed().addAll(removed.get().changed());
                    write(child.getKey(), log.withParent(removed.get().parent(), log.changed()));
                }
            }
        }
        delete(location);
    }

    /** Removes logs that were being written at a power cut. */
    void tidy() throws IOException {
        for (String part : store.names(PART)) {
            store.remove(part);
        }
    }
}
