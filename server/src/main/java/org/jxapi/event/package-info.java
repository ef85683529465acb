/**
 * The messages of class event. It answers event.from and event.next from the change log of the store. A client that
 * waits costs a set entry and a timer, but no thread.
 */
@NullMarked
package org.jxapi.event;

import org.jspecify.annotations.NullMarked;
