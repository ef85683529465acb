package org.jxapi.transfer;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.http.RequestHead;
import org.jxapi.http.TransferHandler;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;

/** One request that moves a file, and its task. */
public record Transfer(RequestHead head, InputStream body, TransferHandler.Answer answer, Call call) {
    public static final String BYTES = "application/octet-stream";

    private static final int PIECE = 64 * 1024;

    /** Begins the answer to an upload, whose body is empty. */
    public void accept() {
        ok(BYTES, Optional.empty(), -1);
    }

    /** Begins the answer with text of any length. */
    public OutputStream text() {
        return ok("text/plain", Optional.empty(), -1);
    }

    /** Begins the answer with a file. */
    public OutputStream ok(String contentType, String fileName, long length) {
        return ok(contentType, Optional.of(fileName), length);
    }

    /** Begins the answer with the headers of XAPI's; the length is -1 when it is not known. */
    private OutputStream ok(String contentType, Optional<String> fileName, long length) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("task-id", call.task().value());
        headers.put("content-type", contentType);
        fileName.ifPresent(name -> headers.put("Content-Disposition", "attachment; filename=\"" + name + "\""));
        if (length >= 0) {
            headers.put("content-length", Long.toString(length));
        }
        try {
            return answer.ok(headers);
        } catch (IOException e) {
            throw Errors.clientError("The client has disconnected: " + e.getMessage())
                    .causedBy(e);
        }
    }

    /** The same transfer, whose body can be looked at with {@link #peek}. */
    Transfer buffered() {
        return new Transfer(head, new BufferedInputStream(body, PIECE), answer, call);
    }

    /** The first bytes of the body, which stay in it: fewer than {@code most} only if the body is shorter. */
    byte[] peek(int most) {
        try {
            body.mark(most);
            byte[] first = body.readNBytes(most);
            body.reset();
            return first;
        } catch (IOException e) {
            throw Errors.importErrorPrematureEof().causedBy(e);
        }
    }

    /** Reads the rest of a body that is not needed. Its client sends all of it before it looks at the answer. */
    void passOver() {
        if (length() < 0) {
            return;
        }
        byte[] piece = new byte[PIECE];
        try {
            while (body.read(piece) >= 0) {
                // It is not needed.
            }
        } catch (IOException e) {
            // The work is done. That the client has gone changes nothing.
        }
    }

    /** Whether a parameter says so. */
    public boolean flag(String name) {
        return "true".equals(head.param(name));
    }

    /** The length of the body that the request gives; -1 when it gives none, or one that is no length. */
    public long length() {
        return head.bodyLength();
    }

    /** Answers 400 when the request gives a length of its body that is none; the error's text says so. */
    void refuseBadLength(Function<String, XenApiException> error) {
        String length = head.headers().get("content-length");
        if (length != null && length() < 0) {
            throw Refused.badRequest(error.apply("Bad content-length: " + length));
        }
    }

    /** The encoding in which the body comes; null when it comes as it is. */
    public @Nullable String encoding() {
        return head.headers().get("transfer-encoding");
    }

    /** Answers 403 to the upload of an archive in chunks. */
    void refuseChunks() {
        if (encoding() != null) {
            throw Refused.forbidden(Errors.importErrorCannotHandleChunked());
        }
    }

    /** The VM that {@code ref} or {@code uuid} names; the first one counts. */
    Ref<VM> vm(Snapshot now) {
        return this.<VM>byRef(now, VM.XEN_CLASS, "ref")
                .or(() -> byUuid(now, VM.XEN_CLASS, "uuid"))
                .orElseThrow(() -> Errors.internalError("Not_found"));
    }

    /** The object that a parameter names by its reference; HANDLE_INVALID when there is none. */
    <C> Optional<Ref<C>> byRef(Snapshot now, ClassModel<C> model, String name) {
        String text = head.param(name);
        if (text == null) {
            return Optional.empty();
        }
        if (now.find(model.ref(text)).isEmpty()) {
            throw Errors.handleInvalid(model.name(), text);
        }
        return Optional.of(model.ref(text));
    }

    /** The object that a parameter names by its UUID; UUID_INVALID when there is none. */
    <C> Optional<Ref<C>> byUuid(Snapshot now, ClassModel<C> model, String name) {
        String text = head.param(name);
        if (text == null) {
            return Optional.empty();
        }
        Stored<C> found = now.byUuid(model, text).orElseThrow(() -> Errors.uuidInvalid(model.name(), text));
        return Optional.of(found.ref());
    }

    /** The object that a parameter names by its reference or its UUID; UUID_INVALID when there is none. */
    <C> Optional<Ref<C>> byEither(Snapshot now, ClassModel<C> model, String name) {
        String text = head.param(name);
        return text != null && now.find(model.ref(text)).isPresent()
                ? Optional.of(model.ref(text))
                : byUuid(now, model, name);
    }
}
