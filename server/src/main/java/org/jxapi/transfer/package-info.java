/**
 * Exports and imports over HTTP: VMs as XVA archives, disks as raw images or VHDs, and measurements. Data passes in
 * small pieces, and no size that a client gives is allocated.
 */
@NullMarked
package org.jxapi.transfer;

import org.jspecify.annotations.NullMarked;
