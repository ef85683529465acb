package org.jxapi.http;

/**
 * The handlers of requests that are not calls.
 *
 * @param access knows who sends a request, before it is given a thread
 */
public record NonRpcHandlers(CliHandler cli, ConnectHandler consoles, TransferHandler transfers, HttpAccess access) {}
