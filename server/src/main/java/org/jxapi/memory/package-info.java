/**
 * Finds memory for domains: counts what a VM needs, takes memory from the control domain, and asks guests to balloon.
 */
package org.jxapi.memory;
