/**
 * Alarms about measurements, as XenServer's perfmon raises them. Thresholds are in {@code other_config:perfmon} of VMs, of
 * SRs and of the host. An alarm is a message {@code ALARM}, which XenCenter and Xen Orchestra read.
 */
@NullMarked
package org.jxapi.perfmon;

import org.jspecify.annotations.NullMarked;
