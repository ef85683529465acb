package org.jxapi.http;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Thumbprints;
import org.jxapi.dispatch.Reply;

/**
 * Names the certificate of the coordinator to clients that a member sends there, if they ask for it: XenCenter trusts the
 * coordinator by it when it follows the pool.
 */
final class CoordinatorThumbprint {
    private static final String ASKED = "x-xenapi-request-host-certificate-thumbprint";
    private static final String ANSWER = "x-xenapi-response-host-certificate-thumbprint";
    private static final String SHA256 = "sha-256:master";
    private static final String SHA1 = "sha-1:master";
    private static final String ELSEWHERE = "HOST_IS_SLAVE";

    private final @Nullable Upstream upstream;

    /** @param upstream where this host sends clients to; null if it answers all itself */
    CoordinatorThumbprint(@Nullable Upstream upstream) {
        this.upstream = upstream;
    }

    /** Adds the header to an answer that sends the client to the coordinator, unless this host does not know it. */
    void addTo(Request request, Response response, @Nullable Reply reply) {
        String asked = request.getHeaders().get(ASKED);
        if (asked == null
                || upstream == null
                || !(reply instanceof Reply.Failure failure && failure.code().equals(ELSEWHERE))) {
            return;
        }
        Thumbprints known = upstream.thumbprints();
        if (known != null && asked.equals(SHA256)) {
            response.getHeaders().put(ANSWER, known.sha256());
        } else if (known != null && asked.equals(SHA1)) {
            response.getHeaders().put(ANSWER, known.sha1());
        }
    }
}
