/**
 * Memory for domains. It computes the memory that a VM needs, takes memory from the control domain, and asks guests to
 * balloon down.
 */
@NullMarked
package org.jxapi.memory;

import org.jspecify.annotations.NullMarked;
