package org.jxapi.datamodel;

import java.util.List;

/** A failure as the XenAPI knows it: a code and its parameters. Made by the factories in {@code Errors}. */
public final class XenApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final transient List<String> params;

    public XenApiException(String code, List<String> params) {
        this.code = code;
        this.params = List.copyOf(params);
    }

    /** The same failure, with what led to it. */
    public XenApiException causedBy(Throwable cause) {
        initCause(cause);
        return this;
    }

    /** Left off: these are answers, made by the thousand when allowed operations are derived, not faults of jxapi. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    /** Not made before it is asked for, for the same reason. */
    @Override
    public String getMessage() {
        return code + " " + params;
    }

    public String code() {
        return code;
    }

    public List<String> params() {
        return params;
    }
}
