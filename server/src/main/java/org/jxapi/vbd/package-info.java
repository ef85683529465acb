/** The messages of class VBD: disks and discs of a VM, plugged and unplugged while it runs. */
package org.jxapi.vbd;
