/**
 * Files for those who look for a fault: the status report, which people attach to bug reports, and the logs. Secrets are
 * removed. Each part has a limit of time and size.
 */
@NullMarked
package org.jxapi.diagnosis;

import org.jspecify.annotations.NullMarked;
