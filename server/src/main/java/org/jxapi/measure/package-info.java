/**
 * Measurements, in memory. Sources report their values every 5 s. The package consolidates them over minutes, hours and
 * days as XAPI does, and writes them as rrd_updates.
 */
package org.jxapi.measure;
