/** The messages of class VBD: disks and discs of a VM, plugged and unplugged while it runs. */
@NullMarked
package org.jxapi.vbd;

import org.jspecify.annotations.NullMarked;
