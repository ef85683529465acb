/**
 * The simulator as a product: orders over HTTP, faults of the API and of storage, snapshots of the whole world, a clock
 * that can be advanced, and worlds from files. A daemon on a real host has none of this.
 */
@NullMarked
package org.jxapi.simulator;

import org.jspecify.annotations.NullMarked;
