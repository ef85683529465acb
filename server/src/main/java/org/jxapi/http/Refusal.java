package org.jxapi.http;

/** A request that is not served, with the HTTP status that says why. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

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

    /** @param realm for what a name and a password are asked */
    static Refusal unauthorised(String realm) {
        return new Refusal(401, "Unauthorised", "Please check your credentials and retry.", realm);
    }

    public static Refusal missing(String path) {
        return new Refusal(404, "Not Found", "There is no " + path + " here.");
    }

    public static Refusal forbidden() {
        return new Refusal(403, "Forbidden", "Access to the requested resource is forbidden.");
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** The header that goes with a 401; empty with other statuses. */
    String challenge() {
        return status == 401 ? "Basic realm=\"" + realm + "\"" : "";
    }

    /** The page that says it. */
    public String page() {
        return "<html><body><h1>HTTP " + status + " " + title + "</h1>"
                + getMessage().replace("&", "&amp;").replace("<", "&lt;") + "</body></html>";
    }
}
