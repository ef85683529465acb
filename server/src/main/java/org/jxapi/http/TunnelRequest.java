package org.jxapi.http;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The request by which a member opens a tunnel for one of its clients: {@code CONNECT /tunnel} with its reference in
 * {@code jxapi-member}, its secret as a bearer token (RFC 6750), and the client in {@code forwarded} (RFC 7239). The
 * client's connection follows the answer.
 *
 * @param client the client's address; empty for one on the member's unix socket
 */
record TunnelRequest(Upstream.Member member, String client) {
    static final String PATH = "/tunnel";

    private static final String MEMBER = "jxapi-member";
    private static final String BEARER = "Bearer ";
    /** A node that is no address begins with an underscore. */
    private static final String UNIX_SOCKET = "for=_unix";

    private static final String QUOTED = "for=\"";

    /** Its text; an address of IPv6 is in brackets. */
    byte[] bytes() {
        String node = client.contains(":") ? "[" + client + "]" : client;
        String forwarded = client.isEmpty() ? UNIX_SOCKET : QUOTED + node + '"';
        return ("CONNECT " + PATH + " HTTP/1.1\r\nhost: pool\r\n" + MEMBER + ": " + member.host()
                        + "\r\nauthorization: " + BEARER + member.secret() + "\r\nforwarded: " + forwarded + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The request with that head; empty if it is another one. */
    static Optional<TunnelRequest> of(RequestHead head) {
        String authorization = head.headers().getOrDefault("authorization", "");
        String forwarded = head.headers().getOrDefault("forwarded", "");
        boolean unix = forwarded.equals(UNIX_SOCKET);
        boolean address =
                forwarded.startsWith(QUOTED) && forwarded.endsWith("\"") && forwarded.length() > QUOTED.length();
        if (!head.path().equals(PATH) || !authorization.startsWith(BEARER) || !unix && !address) {
            return Optional.empty();
        }
        String node = unix ? "" : forwarded.substring(QUOTED.length(), forwarded.length() - 1);
        return Optional.of(new TunnelRequest(
                new Upstream.Member(head.headers().getOrDefault(MEMBER, ""), authorization.substring(BEARER.length())),
                node.startsWith("[") && node.endsWith("]") ? node.substring(1, node.length() - 1) : node));
    }
}
