/**
 * All that the coordinator of a pool needs of another host: its hypervisor, its network, its machine, its local settings,
 * its USB devices, facts about it, the consoles of its guests and the items of its status report. They are parts of the
 * protocol of {@code agent}, over one connection.
 */
@NullMarked
package org.jxapi.remote;

import org.jspecify.annotations.NullMarked;
