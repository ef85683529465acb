/**
 * Mail about messages: sends the messages of class message to the address in {@code other_config} of the pool, through its mail
 * server, as XAPI's mail-alarm does. No transaction waits for it.
 */
@NullMarked
package org.jxapi.mail;

import org.jspecify.annotations.NullMarked;
