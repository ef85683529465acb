/**
 * Consoles of guests over HTTP: CONNECT for existing clients, and WebSockets for browsers. It copies bytes between the
 * client and the guest's screen or terminal.
 */
@NullMarked
package org.jxapi.console;

import org.jspecify.annotations.NullMarked;
