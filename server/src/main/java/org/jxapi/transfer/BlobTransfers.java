package org.jxapi.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jxapi.blob.BlobFiles;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.ExceptionText;
import org.jxapi.http.RequestHead;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.StoreException;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Blob;
import org.jxapi.xenapi.Errors;

/** {@code /blob}: the contents of blobs. Everybody may download those of public ones. Upstream: xapi_blob.ml. */
public final class BlobTransfers {
    private static final String GET = "http/get_blob";
    /** Downloads without a session that run at a time: each has a thread, and nobody knows their clients. */
    private static final int MOST_STRANGERS = 8;

    private final Store store;
    private final BlobFiles files;
    private final Semaphore strangers = new Semaphore(MOST_STRANGERS);

    public BlobTransfers(Store store, BlobFiles files) {
        this.store = store;
        this.files = files;
    }

    /** The handlers, by method and path. */
    public Map<String, TransferServer.Action> actions() {
        return Map.of(
                "GET /blob", new TransferServer.Action(GET, "Blob handler", false, this::isPublic, this::download),
                "PUT /blob",
                        new TransferServer.Action("http/put_blob", "Blob handler", false, head -> false, this::upload));
    }

    private boolean isPublic(RequestHead head) {
        return find(store.snapshot(), head)
                .map(blob -> blob.row().get(Blob.PUBLIC))
                .orElse(false);
    }

    private static Optional<Stored<Blob>> find(Snapshot now, RequestHead head) {
        String ref = head.query().get("ref");
        return ref != null
                ? now.find(Blob.XEN_CLASS.ref(ref))
                : now.byUuid(Blob.XEN_CLASS, head.query().getOrDefault("uuid", ""));
    }

    private Stored<Blob> blob(Transfer transfer) {
        Map<String, String> query = transfer.head().query();
        if (!query.containsKey("ref") && !query.containsKey("uuid")) {
            throw Refused.badRequest(Errors.internalError("A request for a blob needs its ref or uuid."));
        }
        return find(store.snapshot(), transfer.head())
                .orElseThrow(() -> Refused.missing(Errors.internalError("Unknown reference")));
    }

    private String download(Transfer transfer) {
        boolean stranger = transfer.call().session().isNull();
        if (stranger && !strangers.tryAcquire()) {
            throw Refused.busy(Errors.tooBusy());
        }
        try {
            Row<Blob> blob = blob(transfer).row();
            Path file = files.find(blob.get(Blob.UUID))
                    .orElseThrow(() -> Refused.missing(Errors.internalError("The blob has no contents")));
            send(transfer, file, blob.get(Blob.MIME_TYPE));
            return "";
        } finally {
            if (stranger) {
                strangers.release();
            }
        }
    }

    private static void send(Transfer transfer, Path file, String type) {
        try (InputStream in = Files.newInputStream(file)) {
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("content-length", Long.toString(Files.size(file)));
            // A client may have set anything as the type.
            headers.put("content-type", type.matches("[\\x21-\\x7e][\\x20-\\x7e]{0,200}") ? type : Transfer.BYTES);
            headers.put("X-Content-Type-Options", "nosniff");
            OutputStream out = transfer.answer().ok(headers);
            in.transferTo(out);
        } catch (IOException e) {
            throw Errors.clientError("The client has disconnected: " + e.getMessage())
                    .causedBy(e);
        }
    }

    private String upload(Transfer transfer) {
        Stored<Blob> blob = blob(transfer);
        long length = transfer.length();
        if (length < 0) {
            throw Errors.internalError(ExceptionText.failure("Need content length"));
        }
        if (length > BlobFiles.LARGEST) {
            throw Refused.badRequest(
                    Errors.internalError("A blob has at most " + BlobFiles.LARGEST + " bytes, not " + length));
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Access-Control-Allow-Origin", "*");
        try {
            transfer.answer().ok(headers);
            files.write(blob.row().get(Blob.UUID), transfer.body(), length);
        } catch (IOException e) {
            StoreException failure = StoreException.unwritable(Path.of("blobs"), e);
            throw (failure.full() ? Errors.outOfSpace("blobs") : Errors.internalError(String.valueOf(e.getMessage())))
                    .causedBy(e);
        }
        store.change(tx -> {
            tx.set(blob.ref(), Blob.SIZE, length);
            tx.set(blob.ref(), Blob.LAST_UPDATED, XenTime.now());
        });
        return "";
    }
}
