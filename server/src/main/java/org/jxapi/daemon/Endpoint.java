package org.jxapi.daemon;

/** Where to listen; port 0 takes a free one. */
public record Endpoint(String address, int port) {}
