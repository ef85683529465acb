/**
 * Programs of the host, such as {@code mount.nfs} and {@code cp}: each has a time limit, no shell and an environment that
 * is always the same, and each failure has a reason that operators can act on.
 */
@NullMarked
package org.jxapi.program;

import org.jspecify.annotations.NullMarked;
