/**
 * Networks, physical interfaces, VLANs and bonds: their messages, and the devices of Linux behind them. A simulated variant
 * changes nothing on the machine.
 */
@NullMarked
package org.jxapi.network;

import org.jspecify.annotations.NullMarked;
