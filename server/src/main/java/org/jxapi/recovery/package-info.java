/** Copies of the pool's database on its disks, from which another pool recovers VMs. */
@NullMarked
package org.jxapi.recovery;

import org.jspecify.annotations.NullMarked;
