/**
 * Objects that a start creates: on the first start the pool, host, control domain, networks, storage repositories and
 * default templates, and later the ones that a new version or a changed machine adds. It reads the facts about the
 * machine (CPUs, addresses, firmware) from Linux, or from a simulated machine.
 */
@NullMarked
package org.jxapi.boot;

import org.jspecify.annotations.NullMarked;
