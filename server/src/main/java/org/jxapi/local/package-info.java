/**
 * The host that this daemon runs on, its pool, and the hypervisor of each host of that pool. Other packages ask here
 * instead of taking the only row of a table.
 */
@NullMarked
package org.jxapi.local;

import org.jspecify.annotations.NullMarked;
