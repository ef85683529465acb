/**
 * The listeners: plain HTTP, TLS and a unix socket. It reads calls for the RPC layer, recognises connections of other
 * protocols by their first bytes, and bounds the time, memory and threads that a client can use. On a member it passes
 * requests on to the coordinator.
 */
@NullMarked
package org.jxapi.http;

import org.jspecify.annotations.NullMarked;
