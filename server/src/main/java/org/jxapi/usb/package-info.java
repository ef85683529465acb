/**
 * USB devices of hosts and of VMs: the messages of classes PUSB, USB_group and VUSB. It reads the devices of a host from
 * sysfs, keeps those that the policy lets VMs have, and gives them to the domains of VMs that start.
 */
@NullMarked
package org.jxapi.usb;

import org.jspecify.annotations.NullMarked;
