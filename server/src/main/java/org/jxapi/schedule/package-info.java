/** Scheduled snapshots: the messages of class VMSS, its times, and the snapshots that are due. */
@NullMarked
package org.jxapi.schedule;

import org.jspecify.annotations.NullMarked;
