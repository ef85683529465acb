package org.jxapi.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The answer to a request that came on a connection of its own. */
final class ConnectionAnswer implements TransferHandler.Answer {
    private static final String NO_CACHE = "connection: close\r\ncache-control: no-cache, no-store\r\n";

    private final OutputStream out;
    private final BooleanSupplier gone;
    private boolean begun;

    ConnectionAnswer(ConnectionStreams streams) {
        this.out = streams.out();
        this.gone = streams::gone;
    }

    @Override
    public OutputStream ok(Map<String, String> headers) throws IOException {
        begun = true;
        StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\n").append(NO_CACHE);
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        return out;
    }

    @Override
    public boolean begun() {
        return begun;
    }

    @Override
    public boolean clientGone() {
        return gone.getAsBoolean();
    }

    @Override
    public void refuse(Refusal refusal) throws IOException {
        begun = true;
        out.write(bytes(refusal));
    }

    /** The whole answer that refuses a request. */
    static byte[] bytes(Refusal refusal) {
        byte[] page = refusal.page().getBytes(StandardCharsets.UTF_8);
        String challenge = refusal.challenge().isEmpty() ? "" : "WWW-Authenticate: " + refusal.challenge() + "\r\n";
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(("HTTP/1.1 " + refusal.status() + " " + refusal.title() + "\r\ncontent-length: " + page.length
                        + "\r\n" + challenge + "content-type: text/html\r\n" + NO_CACHE + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        all.writeBytes(page);
        return all.toByteArray();
    }
}
