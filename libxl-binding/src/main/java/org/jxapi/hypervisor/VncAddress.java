package org.jxapi.hypervisor;

/**
 * Where the VNC server of a domain listens.
 *
 * @param host address
 * @param port TCP port
 */
public record VncAddress(String host, int port) {}
