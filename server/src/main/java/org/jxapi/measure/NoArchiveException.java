package org.jxapi.measure;

/** No archive answers a question. */
public final class NoArchiveException extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
