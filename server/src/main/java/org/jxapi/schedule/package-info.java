/**
 * Takes scheduled snapshots: the class VMSS, its times, and the snapshots that are due.
 */
package org.jxapi.schedule;
