/**
 * The host: its messages, its memory, its evacuation and power, and its data sources. It reports the memory that VMs
 * may still claim, and takes memory from the control domain.
 */
package org.jxapi.host;
