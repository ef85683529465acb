/**
 * Files for those who look for a fault: the status report, which people attach to bug reports, and the logs. The
 * coordinator collects the items of each host of the pool and packs them. Secrets are removed, by the host and by the
 * coordinator. Each item has a limit of time and size.
 */
@NullMarked
package org.jxapi.diagnosis;

import org.jspecify.annotations.NullMarked;
