/**
 * The client xe. It sends its arguments to a daemon over the unix socket or TLS, and obeys the replies: it prints
 * text, asks questions, reads and writes files, and exits with the given status. It knows no command.
 */
@NullMarked
package org.jxapi.xe;

import org.jspecify.annotations.NullMarked;
