/**
 * Describes the domains of VMs: turns records into the configuration that libxl gets. It also has the rules that concern
 * domains and devices alone, such as names of devices, firmware and hotplug. It is below {@code vm}, {@code vbd} and
 * {@code vif}.
 */
package org.jxapi.domain;
