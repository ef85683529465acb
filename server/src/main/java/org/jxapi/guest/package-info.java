/**
 * The data that guests and jxapid exchange through xenstore. It creates the nodes that guests may write, and reads the
 * reports of their agents.
 */
@NullMarked
package org.jxapi.guest;

import org.jspecify.annotations.NullMarked;
