/**
 * The meaning of configurations of xl, xm and libvirt as VMs of the XenAPI, and the way back. A reading makes a plan of a
 * VM, and a report with one line for each setting: nothing is left out silently. It touches neither objects nor the host.
 */
@NullMarked
package org.jxapi.neighbour.guest;

import org.jspecify.annotations.NullMarked;
