/**
 * Measurements, in memory. Sources report their values every 5 s. The package consolidates them over minutes, hours and
 * days as XAPI does, and writes them as rrd_updates.
 */
@NullMarked
package org.jxapi.measure;

import org.jspecify.annotations.NullMarked;
