package org.jxapi.http;

/** A request that is not served, with the HTTP status that says why. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String title;

    public Refusal(int status, String title, String text) {
        super(text);
        this.status = status;
        this.title = title;
    }

    public static Refusal internal(String text) {
        return new Refusal(500, "Internal Error", text);
    }

    static Refusal unauthorised() {
        return new Refusal(401, "Unauthorised", "Please check your credentials and retry.");
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

    /** The page that says it. */
    public String page() {
        return "<html><body><h1>HTTP " + status + " " + title + "</h1>"
                + getMessage().replace("&", "&amp;").replace("<", "&lt;") + "</body></html>";
    }
}
