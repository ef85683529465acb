/**
 * The host that this daemon runs on, and its pool. Other packages ask here instead of taking the only row of a table.
 */
@NullMarked
package org.jxapi.local;

import org.jspecify.annotations.NullMarked;
