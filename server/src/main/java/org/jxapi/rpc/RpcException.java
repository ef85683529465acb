package org.jxapi.rpc;

/** A body that is no call at all: answered with HTTP 500 and a closed connection, as XAPI does. */
public final class RpcException extends Exception {
    /** JSON-RPC 2.0's code of parameters in a wrong form. */
    static final int INVALID_PARAMS = -32602;

    private static final long serialVersionUID = 1L;

    private final int code;
    private final String id;

    RpcException(String message) {
        this(0, "null", message);
    }

    RpcException(String message, Throwable cause) {
        super(message, cause);
        code = 0;
        id = "null";
    }

    /**
     * Of JSON-RPC.
     *
     * @param code of JSON-RPC 2.0
     * @param id the call's as JSON text
     */
    RpcException(int code, String id, String message) {
        super(message);
        this.code = code;
        this.id = id;
    }

    int code() {
        return code;
    }

    String id() {
        return id;
    }

    /** Whether it is a call whose parameters only are in another form than the XenAPI's; such a call gets an answer. */
    public boolean answered() {
        return code == INVALID_PARAMS;
    }
}
