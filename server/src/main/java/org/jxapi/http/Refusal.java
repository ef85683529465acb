package org.jxapi.http;

import org.jxapi.datamodel.XenApiException;
import org.jxapi.session.Rights;
import org.jxapi.xenapi.Errors;

/** A request that is not served, with the HTTP status that says why. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String FORBIDDEN = "Access to the requested resource is forbidden.";

    private final int status;
    private final String title;
    private final String realm;

    public Refusal(int status, String title, String text) {
        this(status, title, text, "");
    }

    private Refusal(int status, String title, String text, String realm) {
        super(text);
        this.status = status;
        this.title = title;
        this.realm = realm;
    }

    public static Refusal internal(String text) {
        return new Refusal(500, "Internal Error", text);
    }

    static Refusal badRequest(String text) {
        return new Refusal(400, "Bad Request", text);
    }

    static Refusal busy() {
        return new Refusal(503, "Service Unavailable", "Too many such requests are under way; try again later.");
    }

    /** @param realm for what a name and a password are asked; empty where a browser must not ask its user */
    static Refusal unauthorised(String realm) {
        return new Refusal(401, "Unauthorised", "Please check your credentials and retry.", realm);
    }

    static Refusal missing(String path) {
        return new Refusal(404, "Not Found", "There is no " + path + " here.");
    }

    static Refusal foreign() {
        return new Refusal(
                403, "Forbidden", "A page of another site reaches this host only with session_id in the query.");
    }

    public static Refusal forbidden() {
        return new Refusal(403, "Forbidden", FORBIDDEN);
    }

    /** For a session without that permission, such as {@code http/get_export}. */
    public static Refusal denied(String permission) {
        Refusal refusal = new Refusal(403, "Forbidden", FORBIDDEN);
        refusal.initCause(Rights.denied(permission));
        return refusal;
    }

    /** The error for the task that the request names. */
    public XenApiException error() {
        return getCause() instanceof XenApiException error ? error : Errors.internalError(String.valueOf(getMessage()));
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** The value of the header that has a client ask for a name and a password; empty for none. */
    String challenge() {
        return !realm.isEmpty() ? "Basic realm=\"" + realm + "\"" : "";
    }

    /** The page that says it. */
    public String page() {
        return "<html><body><h1>HTTP " + status + " " + title + "</h1>"
                + String.valueOf(getMessage()).replace("&", "&amp;").replace("<", "&lt;") + "</body></html>";
    }
}
