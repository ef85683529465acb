package org.jxapi.audit;

import java.io.IOException;
import java.io.OutputStream;
import org.jxapi.transfer.Transfer;
import org.jxapi.transfer.TransferServer;
import org.jxapi.xenapi.Errors;

/** {@code GET /audit_log}: ocaml/xapi/audit_log.ml. */
public final class AuditDownload {
    /** Method and path. */
    public static final String REQUEST = "GET /audit_log";

    private final AuditLog log;

    public AuditDownload(AuditLog log) {
        this.log = log;
    }

    public TransferServer.Action action() {
        return new TransferServer.Action("http/get_audit_log", "audit_log_get request", this::send);
    }

    /** Sends the lines whose time is {@code since} or later; dashes and a Z in it do not count. */
    private String send(Transfer transfer) {
        String since = transfer.head().param("since");
        try {
            OutputStream out = transfer.text();
            log.copy(since == null ? "" : since.replace("-", "").replace("Z", ""), out);
        } catch (IOException e) {
            throw Errors.clientError("The audit log was not sent: " + e.getMessage())
                    .causedBy(e);
        }
        return "";
    }
}
