/**
 * The simulated hypervisor. Its domains, guests, memory and xenstore behave like those of a Xen host. Domains outlive
 * the process in files, and orders make guests crash and operations fail.
 */
@NullMarked
package org.jxapi.hypervisor.simulator;

import org.jspecify.annotations.NullMarked;
