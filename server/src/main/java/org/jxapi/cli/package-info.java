/**
 * The server's end of xe's protocol. It authenticates a client, runs its command with the rights of its session, and
 * ends each connection with a message and an exit status.
 */
@NullMarked
package org.jxapi.cli;

import org.jspecify.annotations.NullMarked;
