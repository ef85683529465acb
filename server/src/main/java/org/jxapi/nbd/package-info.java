/**
 * Disks for readers over NBD, the network block device protocol, as XAPI's xapi-nbd offers them. {@code VDI.get_nbd_info}
 * returns the address of a disk, and the name of its export, which holds the client's session. The port is open while a
 * network has the purpose {@code nbd} (TLS) or {@code insecure_nbd}, and only for connections over such networks. Exports
 * are read-only. While a client reads a disk, the disk is attached to the control domain, as for every transfer.
 */
@NullMarked
package org.jxapi.nbd;

import org.jspecify.annotations.NullMarked;
