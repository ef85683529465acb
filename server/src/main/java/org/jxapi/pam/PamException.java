package org.jxapi.pam;

/** PAM refuses a user. The message is PAM's own. */
public final class PamException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    PamException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** PAM's own number, as {@link LibPam} names them. */
    public int status() {
        return status;
    }
}
