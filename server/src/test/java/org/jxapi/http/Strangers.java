package org.jxapi.http;

/** Requests without a session, for tests of other packages. */
public final class Strangers {
    private Strangers() {}

    /** The grant of one permission. */
    public static Grant grant(String permission) {
        return Grant.ofStranger(permission);
    }
}
