/**
 * The host: its messages, its memory, its evacuation and power, and its data sources. It reports the memory that VMs
 * may still claim, and takes memory from the control domain.
 */
@NullMarked
package org.jxapi.host;

import org.jspecify.annotations.NullMarked;
