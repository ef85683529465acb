/**
 * VMs as OVF packages (DMTF DSP0243, versions 1 and 2) and as images of single disks, which other systems write. An
 * import makes a VM with its disks, and reports on each item. An export writes a package of version 1 with stream-optimised
 * VMDKs.
 */
@NullMarked
package org.jxapi.ova;

import org.jspecify.annotations.NullMarked;
