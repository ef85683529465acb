/** The messages of class VIF: network interfaces of a VM, plugged and unplugged while it runs. */
package org.jxapi.vif;
