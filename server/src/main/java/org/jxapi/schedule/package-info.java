/** Scheduled snapshots: the messages of class VMSS, its times, and the snapshots that are due. */
package org.jxapi.schedule;
