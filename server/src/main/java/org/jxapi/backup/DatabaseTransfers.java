package org.jxapi.backup;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.host.HostAgent;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Reason;
import org.jxapi.store.StagedDatabase;
import org.jxapi.store.Store;
import org.jxapi.store.StoreException;
import org.jxapi.transfer.Refused;
import org.jxapi.transfer.Transfer;
import org.jxapi.transfer.TransferServer;
import org.jxapi.xenapi.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /pool/xmldbdump}: downloads the database and restores one. A restore makes the new database next to the present
 * one, and the daemon restarts with it. Upstream: pool_db_backup.ml.
 */
public final class DatabaseTransfers {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseTransfers.class);
    private static final String PATH = "/pool/xmldbdump";
    /** How the names of files begin that are being received. */
    private static final String UPLOAD = "jxapi-upload-";

    /** The time for a client to learn that the restore has succeeded. XAPI takes 30 s, and restarts the whole host. */
    private static final Duration FUSE = Duration.ofSeconds(3);

    private final Store store;
    private final Path folder;
    private final HostAgent agent;
    private final Runnable allowed;
    private final Semaphore turn;

    /**
     * @param allowed throws the XenAPI's error if the database must not be replaced now
     * @param turn one restore of the database or of its host at a time
     */
    public DatabaseTransfers(Store store, Path folder, HostAgent agent, Runnable allowed, Semaphore turn) {
        this.store = store;
        this.folder = folder;
        this.agent = agent;
        this.allowed = allowed;
        this.turn = turn;
    }

    /** Removes the files that the last run was receiving. */
    public void removeInterrupted() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, UPLOAD + "*")) {
            for (Path file : files) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOG.warn("Folder {}: unfinished uploads cannot be removed: {}", folder, Reason.of(e));
        }
    }

    /** The handlers, by method and path. */
    public Map<String, TransferServer.Action> actions() {
        return Map.of(
                "GET " + PATH,
                        new TransferServer.Action(
                                "http/get_pool_xml_db_sync", "Dumping database as XML", this::download),
                "PUT " + PATH,
                        new TransferServer.Action(
                                "http/put_pool_xml_db_sync", "Reading database as XML", this::restore));
    }

    private String download(Transfer transfer) {
        try (Call.Cancellable cancellable = transfer.call().cancellable()) {
            DatabaseDump.write(
                    store.snapshot(),
                    transfer.ok("text/xml", "pool-database.xml", -1),
                    transfer.call()::throwIfCancelled);
        } catch (IOException e) {
            throw Errors.clientError("The client has disconnected: " + e.getMessage())
                    .causedBy(e);
        }
        return "";
    }

    private String restore(Transfer transfer) {
        if (transfer.length() < 0) {
            throw Refused.badRequest(Errors.internalError("A restore of the database needs a content-length."));
        }
        allowed.run();
        transfer.accept();
        try (Call.Cancellable cancellable = transfer.call().cancellable()) {
            Path file = Files.createTempFile(folder, UPLOAD, ".xml");
            try {
                DumpUpload.receive(transfer, file);
                alone(transfer.call(), file, transfer.flag("dry_run"));
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw failed(StoreException.unwritable(folder, e));
        }
        return "";
    }

    /** One restore at a time needs the memory for another database. */
    private void alone(Call call, Path file, boolean dryRun) throws IOException {
        if (!turn.tryAcquire()) {
            String pool = ThisPool.ref(store.snapshot()).value();
            throw Errors.otherOperationInProgress(
                    "pool", pool, "restore_database", call.task().value());
        }
        try {
            restore(call, file, dryRun);
        } finally {
            turn.release();
        }
    }

    private void restore(Call call, Path file, boolean dryRun) throws IOException {
        Map<Ref<?>, Row<?>> objects;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            objects = Dump.read(in);
        }
        call.throwIfCancelled();
        try (StagedDatabase made = StagedDatabase.make(folder, RestoreTarget.fit(objects, store.snapshot()))) {
            call.throwIfCancelled();
            if (dryRun) {
                LOG.info("Database: {} objects could be restored", objects.size());
                return;
            }
            made.stage();
        } catch (StoreException e) {
            throw failed(e);
        }
        LOG.warn("Database: {} objects replace those that there are, with a restart now", objects.size());
        agent.restart(FUSE);
    }

    private static XenApiException failed(StoreException e) {
        return (e.full() ? Errors.outOfSpace(e.getMessage()) : Errors.internalError(Reason.of(e))).causedBy(e);
    }
}
