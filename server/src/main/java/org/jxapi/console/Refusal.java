package org.jxapi.console;

/** A console that is not given, with the HTTP status that says why. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String title;

    Refusal(int status, String title, String text) {
        super(text);
        this.status = status;
        this.title = title;
    }

    static Refusal internal(String text) {
        return new Refusal(500, "Internal Error", text);
    }

    static Refusal unauthorised() {
        return new Refusal(401, "Unauthorised", "Please check your credentials and retry.");
    }

    static Refusal forbidden() {
        return new Refusal(403, "Forbidden", "Access to the requested resource is forbidden.");
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }
}
