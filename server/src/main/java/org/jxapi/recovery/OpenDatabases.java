package org.jxapi.recovery;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.SessionStores;
import org.jxapi.session.ReadOnlySessions;
import org.jxapi.storage.DatabaseDisk;
import org.jxapi.storage.DiskContents;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VDI;

/** The copies of databases that sessions read now. They are in memory, in a bounded part of it. */
final class OpenDatabases implements SessionStores {
    private static final String USER = "disaster-recovery";
    /** The most that are open at a time. */
    private static final int MOST = 8;
    /** The part of the heap that unpacked copies may have; the objects that are read from them take some more. */
    private static final int PART = 24;
    /** How long a call waits for another one, in seconds. */
    private static final long PATIENCE = 30;

    private final Store store;
    private final DiskContents contents;
    private final Clock clock;
    private final Semaphore turn = new Semaphore(1);
    private final Map<Ref<Session>, DatabaseCopy.Contents> open = new ConcurrentHashMap<>();

    OpenDatabases(Store store, DiskContents contents, Clock clock) {
        this.store = store;
        this.contents = contents;
        this.clock = clock;
    }

    @Override
    public @Nullable Store of(Ref<Session> session) {
        DatabaseCopy.Contents read = open.isEmpty() ? null : open.get(session);
        return read == null ? null : read.store();
    }

    /** One after the other, since each may need the memory that is left. A disk that does not answer blocks no call. */
    Ref<Session> open(Call call, Ref<VDI> vdi) {
        try {
            if (!turn.tryAcquire(PATIENCE, TimeUnit.SECONDS)) {
                throw Errors.couldNotImportDatabase("Another database has been read for long. Try again later.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Errors.couldNotImportDatabase("The daemon stops.");
        }
        try {
            return openNow(call, vdi);
        } finally {
            turn.release();
        }
    }

    private Ref<Session> openNow(Call call, Ref<VDI> vdi) {
        forgetEnded();
        if (open.size() >= MOST) {
            throw Errors.couldNotImportDatabase(MOST + " databases are open. Log out of one of their sessions.");
        }
        long left = Runtime.getRuntime().maxMemory() / PART
                - open.values().stream().mapToLong(DatabaseCopy.Contents::bytes).sum();
        AtomicReference<DatabaseCopy.@Nullable Contents> read = new AtomicReference<>();
        contents.read(call, vdi, disk -> {
            try {
                DatabaseDisk head = DatabaseDisk.read(disk)
                        .orElseThrow(() -> Errors.couldNotImportDatabase("The disk holds no database of jxapi."));
                read.set(DatabaseCopy.read(disk, head, left));
            } catch (IOException e) {
                throw Errors.couldNotImportDatabase(String.valueOf(e.getMessage()))
                        .causedBy(e);
            }
        });
        DatabaseCopy.Contents database = read.get();
        if (database == null) {
            throw Errors.couldNotImportDatabase("The disk was not read.");
        }
        Ref<Session> session = ReadOnlySessions.create(store, clock, USER);
        open.put(session, database);
        return session;
    }

    /** Frees the databases whose sessions have ended; called every few seconds. */
    void forgetEnded() {
        open.keySet().removeIf(session -> store.snapshot().find(session).isEmpty());
    }

    /** The head of a disk; empty when it has none, or cannot be read now. */
    Optional<DatabaseDisk> head(Call call, Ref<VDI> vdi) {
        List<DatabaseDisk> heads = new ArrayList<>();
        try {
            contents.read(call, vdi, disk -> DatabaseDisk.read(disk).ifPresent(heads::add));
        } catch (XenApiException e) {
            return Optional.empty();
        }
        return heads.stream().findFirst();
    }
}
