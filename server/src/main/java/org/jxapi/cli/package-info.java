/**
 * The server's end of xe's protocol. It authenticates a client, runs its command with the rights of its session, and
 * ends each connection with a message and an exit status.
 */
package org.jxapi.cli;
