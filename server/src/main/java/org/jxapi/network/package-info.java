/**
 * Networks, physical interfaces and VLANs: their messages, and the bridges and VLAN devices of Linux behind them. A
 * simulated variant changes nothing on the machine.
 */
@NullMarked
package org.jxapi.network;

import org.jspecify.annotations.NullMarked;
