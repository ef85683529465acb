package org.jxapi.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.http.RequestHead;
import org.jxapi.http.TransferHandler;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;

/** One request that moves a VM or a disk, and its task. */
record Transfer(RequestHead head, InputStream body, TransferHandler.Answer answer, Call call) {
    private static final String BYTES = "application/octet-stream";

    /** Begins the answer, with what XAPI's says. */
    OutputStream ok(String contentType, String fileName, long length) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("task-id", call.task().value());
        headers.put("content-type", contentType == null ? BYTES : contentType);
        if (fileName != null) {
            headers.put("Content-Disposition", "attachment; filename=\"" + fileName + "\"");
        }
        if (length >= 0) {
            headers.put("content-length", Long.toString(length));
        }
        try {
            return answer.ok(headers);
        } catch (IOException e) {
            throw Errors.clientError("The client went away: " + e.getMessage()).causedBy(e);
        }
    }

    /** Whether a parameter says so. */
    boolean flag(String name) {
        return "true".equals(head.param(name));
    }

    /** The length of the body that the request gives; -1 when it gives none. */
    long length() {
        String length = head.headers().get("content-length");
        return length == null ? -1 : Long.parseLong(length);
    }

    /** The object that a parameter names by its reference or its UUID. */
    <C> Optional<Ref<C>> object(Snapshot now, ClassModel model, String name) {
        String text = head.param(name);
        if (text == null) {
            return Optional.empty();
        }
        Ref<?> ref = now.find(model, Ref.of(text))
                .or(() -> now.byUuid(model, text))
                .map(Stored::ref)
                .orElseThrow(() -> Errors.handleInvalid(model.name(), text));
        return Optional.of(Ref.of(ref.value()));
    }
}
