/**
 * Disks for readers over NBD, the network block device protocol, as XAPI's xapi-nbd offers them. {@code VDI.get_nbd_info}
 * returns the address of a disk, and the name of its export, which holds the client's session. The port is open while a
 * network has the purpose {@code nbd} (TLS) or {@code insecure_nbd}, and only for connections over such networks. Exports
 * are read-only. While a client reads a disk, the disk is attached to the control domain, as for every transfer.
 *
 * <p>Each connection has a thread that blocks, and {@link org.jxapi.nbd.Places} bounds their number. A client sends one
 * request after the other, and each waits for the disk, which Java can only read with a thread. A selector would save
 * threads of idle clients, of which there are few, and would need a TLS engine fed by hand. A thread that blocks has no
 * time-outs of its own for writing, so {@link org.jxapi.nbd.Deadline} closes the connection of a client that is late.
 */
@NullMarked
package org.jxapi.nbd;

import org.jspecify.annotations.NullMarked;
