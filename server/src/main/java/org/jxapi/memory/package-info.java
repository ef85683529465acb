/**
 * Memory for domains. It computes the memory that a VM needs, takes memory from the control domain, and asks guests to
 * balloon down.
 */
package org.jxapi.memory;
