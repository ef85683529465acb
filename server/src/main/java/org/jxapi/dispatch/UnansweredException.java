package org.jxapi.dispatch;

/** The failure of a call that gets no answer: its connection is closed. Only a simulator has such calls. */
public final class UnansweredException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnansweredException(String why) {
        super(why);
    }
}
