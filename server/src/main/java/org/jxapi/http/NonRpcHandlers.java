package org.jxapi.http;

/**
 * The handlers of requests that are not calls.
 *
 * @param access knows who sends a request, before it is given a thread
 * @param tunnels connections that members pass on
 */
public record NonRpcHandlers(
        CliHandler cli, ConnectHandler consoles, TransferHandler transfers, HttpAccess access, Tunnels tunnels) {
    /** Those of a host whose pool has no members. */
    NonRpcHandlers(CliHandler cli, ConnectHandler consoles, TransferHandler transfers, HttpAccess access) {
        this(cli, consoles, transfers, access, Tunnels.NONE);
    }
}
