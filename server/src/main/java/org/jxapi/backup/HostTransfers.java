package org.jxapi.backup;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.host.HostAgent;
import org.jxapi.local.ThisHost;
import org.jxapi.local.Version;
import org.jxapi.store.Copyable;
import org.jxapi.store.FolderTree;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.store.StagedDatabase;
import org.jxapi.store.Store;
import org.jxapi.store.StoreException;
import org.jxapi.store.VerifiedCopy;
import org.jxapi.transfer.Progress;
import org.jxapi.transfer.Refused;
import org.jxapi.transfer.Transfer;
import org.jxapi.transfer.TransferServer;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /host_backup} and {@code /host_restore}: downloads all that this daemon has of the host, and restores it with a
 * restart of the daemon. XAPI saves and replaces the whole control domain, which belongs to its distribution here. Upstream:
 * xapi_host_backup.ml.
 */
public final class HostTransfers {
    private static final Logger LOG = LoggerFactory.getLogger(HostTransfers.class);
    private static final int BUFFER = 64 * 1024;
    /** More than an archiver writes at the end of a tar, in bytes. */
    private static final int MOST_ZEROS = 64 * 1024;

    /** The time for a client to learn that the restore has succeeded. */
    private static final Duration FUSE = Duration.ofSeconds(3);

    private final Store store;
    private final Path data;
    private final @Nullable Copyable database;
    private final NextStart next;
    private final HostAgent agent;
    private final Runnable allowed;
    private final Semaphore turn;
    private final Clock clock;

    /**
     * @param data the data folder
     * @param database that of the store; null for a store in memory only
     * @param allowed throws the XenAPI's error if the host must not be restored now
     * @param turn one restore of the host or of its database at a time
     */
    public HostTransfers(
            Store store,
            Path data,
            @Nullable Copyable database,
            NextStart next,
            HostAgent agent,
            Runnable allowed,
            Semaphore turn,
            Clock clock) {
        this.store = store;
        this.data = data;
        this.database = database;
        this.next = next;
        this.agent = agent;
        this.allowed = allowed;
        this.turn = turn;
        this.clock = clock;
    }

    /** The handlers, by method and path. */
    public Map<String, TransferServer.Action> actions() {
        return Map.of(
                "GET /host_backup",
                        new TransferServer.Action("http/get_host_backup", "Downloading host backup", this::download),
                "PUT /host_restore",
                        new TransferServer.Action("http/put_host_restore", "Uploading host backup", this::restore));
    }

    private String download(Transfer transfer) {
        Copyable copied = database;
        if (copied == null) {
            throw Errors.backupScriptFailed("This daemon has its database in memory only");
        }
        try (Call.Cancellable cancellable = transfer.call().cancellable()) {
            Path work = StagedHost.temporary(data);
            try {
                Path zip = work.resolve(SavedFiles.DATABASE);
                VerifiedCopy.write(copied, zip);
                Map<String, Path> files = files(zip);
                if (files.size() > BackupReader.MOST) {
                    throw Errors.backupScriptFailed("This host has " + files.size() + " files, and a backup has "
                            + BackupReader.MOST + " at most");
                }
                long size = 0;
                for (Path file : files.values()) {
                    // One that is gone is left out later.
                    size += Files.exists(file) ? Files.size(file) : 0;
                }
                send(transfer, files, progress(transfer, size));
            } finally {
                FolderTree.delete(work);
            }
        } catch (IOException e) {
            throw Errors.backupScriptFailed("The host cannot be saved: " + Reason.withFile(e))
                    .causedBy(e);
        }
        return "";
    }

    /** All files by their names in the backup. The database is first, so that no object in it is newer than its files. */
    private Map<String, Path> files(Path database) throws IOException {
        Map<String, Path> files = new LinkedHashMap<>();
        files.put(SavedFiles.DATABASE, database);
        Optional<Path> settings = next.settings();
        if (settings.isPresent()) {
            files.put(SavedFiles.SETTINGS, settings.get());
        }
        for (String name : SavedFiles.of(data)) {
            files.put(name, data.resolve(name));
        }
        return files;
    }

    private void send(Transfer transfer, Map<String, Path> files, LongConsumer moved) {
        Snapshot now = store.snapshot();
        BackupHead head = new BackupHead(
                BackupHead.PRODUCT,
                Version.JXAPI,
                BackupHead.FORMAT,
                StagedDatabase.SCHEMA,
                now.get(ThisHost.ref(now), Host.UUID),
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        try {
            OutputStream out = transfer.ok("application/x-tar", "host-backup.tar", -1);
            BackupWriter writer = new BackupWriter(out, moved);
            writer.add(SavedFiles.HEAD, head.json());
            for (Map.Entry<String, Path> file : files.entrySet()) {
                writer.add(file.getKey(), file.getValue());
            }
            writer.end();
        } catch (IOException e) {
            throw Errors.clientError("The client has disconnected: " + e.getMessage())
                    .causedBy(e);
        }
    }

    private String restore(Transfer transfer) {
        if (transfer.encoding() != null) {
            throw Refused.badRequest(Errors.restoreScriptFailed("A backup cannot be sent in chunks"));
        }
        allowed.run();
        transfer.accept();
        try (Call.Cancellable cancellable = transfer.call().cancellable();
                StagedHost staged = StagedHost.begin(data)) {
            BackupHead head = new BackupReader(
                            new BufferedInputStream(transfer.body(), BUFFER),
                            staged.folder(),
                            Version.JXAPI,
                            progress(transfer, transfer.length()))
                    .read();
            passOver(transfer);
            alone(transfer.call(), staged, head);
        } catch (IOException e) {
            throw failed(e);
        }
        return "";
    }

    /** Reads the zeros at the end, so that the client does not find a closed connection while it sends them. */
    private static void passOver(Transfer transfer) {
        if (transfer.length() < 0) {
            return;
        }
        try {
            transfer.body().readNBytes(MOST_ZEROS);
        } catch (IOException e) {
            LOG.debug("A client disconnected after a whole backup", e);
        }
    }

    /**
     * Sets the task's progress, and ends the transfer when the task is cancelled.
     *
     * @param size of all; -1 if it is not known. A journal of measurements may have grown
     */
    private static LongConsumer progress(Transfer transfer, long size) {
        Progress progress = new Progress(transfer.call(), size);
        AtomicLong left = new AtomicLong(size);
        return count -> {
            transfer.call().throwIfCancelled();
            progress.add(Math.max(0, Math.min(count, left.getAndAdd(-count))));
        };
    }

    /** One restore at a time needs the memory for another database. After one that has succeeded, the daemon ends. */
    private void alone(Call call, StagedHost staged, BackupHead head) throws IOException {
        if (!turn.tryAcquire()) {
            throw Errors.otherOperationInProgress(
                    "host",
                    ThisHost.ref(store.snapshot()).value(),
                    "restore",
                    call.task().value());
        }
        boolean done = false;
        try {
            check(staged.folder());
            call.throwIfCancelled();
            allowed.run();
            staged.stage(next.settings());
            done = true;
        } finally {
            if (!done) {
                turn.release();
            }
        }
        LOG.warn(
                "Host: the backup of host {} of {} by jxapi {} replaces what there is, with a restart now",
                head.host(),
                head.made(),
                head.version());
        agent.restart(FUSE);
    }

    /** Refuses files that the next start could not use. */
    private void check(Path folder) throws IOException {
        Path zip = folder.resolve(SavedFiles.DATABASE);
        if (!Files.exists(zip)) {
            throw BackupReader.refused("it has no database");
        }
        try {
            VerifiedCopy.unpack(zip, folder);
        } catch (IOException | StoreException e) {
            if (StoreException.unwritable(folder, e).full()) {
                throw e;
            }
            throw BackupReader.refused("its database cannot be used: " + Reason.of(e))
                    .causedBy(e);
        }
        Files.delete(zip);
        try {
            next.checkFolder(folder);
            Path settings = folder.resolve(SavedFiles.SETTINGS);
            if (Files.exists(settings) && next.settings().isPresent()) {
                next.checkSettings(settings);
            } else if (Files.exists(settings)) {
                LOG.warn("Host: the settings of the backup are not used, because jxapid runs without a settings file");
            }
        } catch (IOException e) {
            throw BackupReader.refused(String.valueOf(e.getMessage())).causedBy(e);
        }
    }

    private XenApiException failed(IOException e) {
        XenApiException error = StoreException.unwritable(data, e).full()
                ? Errors.outOfSpace(data.toString())
                : Errors.restoreScriptFailed(
                        "This host cannot be restored: " + Reason.withFile(e) + ". Nothing has changed.");
        return error.causedBy(e);
    }
}
