/**
 * The neighbours on a Xen host: xl, xm and libvirt. Their configurations become VMs, and VMs become such configurations.
 * Their running domains become VMs without a stop of the guest, and are given back.
 */
@NullMarked
package org.jxapi.neighbour;

import org.jspecify.annotations.NullMarked;
