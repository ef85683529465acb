/**
 * Follows the host: makes the records of VMs those of their domains at the start and after each event, finishes or undoes
 * what a killed daemon left, adopts domains of other tools, and reacts to guests that shut down or report.
 */
package org.jxapi.reconcile;
