package org.jxapi.transfer;

import org.jxapi.datamodel.XenApiException;

/** A request that fails before its body is read, with an HTTP status other than 500; its task fails with the error. */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String title;
    private final XenApiException error;

    private Refused(int status, String title, XenApiException error) {
        super(error.getMessage(), error);
        this.status = status;
        this.title = title;
        this.error = error;
    }

    public static Refused badRequest(XenApiException error) {
        return new Refused(400, "Bad Request", error);
    }

    public static Refused forbidden(XenApiException error) {
        return new Refused(403, "Forbidden", error);
    }

    public static Refused missing(XenApiException error) {
        return new Refused(404, "Not Found", error);
    }

    static Refused busy(XenApiException error) {
        return new Refused(503, "Service Unavailable", error);
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    XenApiException error() {
        return error;
    }
}
