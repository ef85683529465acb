package org.jxapi.http;

/**
 * What is served in addition to calls.
 *
 * @param access knows who sends a request, before it is given a thread
 */
public record OwnProtocols(CliHandler cli, ConnectHandler consoles, TransferHandler transfers, HttpAccess access) {}
