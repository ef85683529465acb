/**
 * Drivers of storage repositories, and the volumes that hold disks. A driver knows settings, files and devices, but no
 * object of the XenAPI: package {@code storage} keeps those. A new type of repository is one driver here, and its test.
 */
@NullMarked
package org.jxapi.volume;

import org.jspecify.annotations.NullMarked;
