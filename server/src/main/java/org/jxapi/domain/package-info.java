/**
 * The domains of VMs as the hypervisor sees them. It turns records into libxl's configuration of a domain, and has the
 * rules for devices, such as their names, firmware and hotplug. It is below {@code vm}, {@code vbd} and {@code vif}.
 */
@NullMarked
package org.jxapi.domain;

import org.jspecify.annotations.NullMarked;
