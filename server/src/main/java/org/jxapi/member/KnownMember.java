package org.jxapi.member;

/**
 * How the coordinator reaches a member.
 *
 * @param uuid of the member's host
 * @param address where its agent listens
 * @param port of its agent
 * @param certificate the certificate that the agent shows, in PEM form
 * @param secret the text by which the member logs in at the coordinator
 */
public record KnownMember(String uuid, String address, int port, String certificate, String secret) {
    /** Without the secret, for logs. */
    @Override
    public String toString() {
        return uuid + " at " + address + ":" + port;
    }
}
