package org.jxapi.http;

import java.io.InputStream;

/** A server without transfers. */
final class NoTransfers implements TransferHandler {
    @Override
    public boolean serves(String method, String path) {
        return false;
    }

    @Override
    public String realm(RequestHead head) {
        return "x";
    }

    @Override
    public void serve(RequestHead head, InputStream body, Answer answer) {}
}
