/**
 * The state of VMs, as the host reports it. At the start and after each event it sets the records of VMs from their
 * domains. It finishes or undoes the work of a killed daemon, shows domains of other tools as VMs, reacts to guests
 * that shut down, and records the reports of their agents.
 */
@NullMarked
package org.jxapi.reconcile;

import org.jspecify.annotations.NullMarked;
