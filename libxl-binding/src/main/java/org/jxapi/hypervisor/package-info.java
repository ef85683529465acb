/**
 * A Xen host in libxl's own vocabulary: domains, devices, memory, virtual CPUs, events, consoles and xenstore. The
 * interface has mechanisms and no policy, keeps no state between calls, and knows nothing of the XenAPI. One suite of
 * contract tests holds both implementations.
 */
@NullMarked
package org.jxapi.hypervisor;

import org.jspecify.annotations.NullMarked;
