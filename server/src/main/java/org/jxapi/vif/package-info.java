/** The messages of class VIF: network interfaces of a VM, plugged and unplugged while it runs. */
@NullMarked
package org.jxapi.vif;

import org.jspecify.annotations.NullMarked;
