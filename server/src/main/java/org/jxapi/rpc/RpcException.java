package org.jxapi.rpc;

/** A body that is no call at all: answered with HTTP 500 and a closed connection, as XAPI does. */
public final class RpcException extends Exception {
    private static final long serialVersionUID = 1L;

    RpcException(String message) {
        super(message);
    }

    RpcException(String message, Throwable cause) {
        super(message, cause);
    }
}
