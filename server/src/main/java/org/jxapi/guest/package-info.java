/**
 * Exchanges data with guests through xenstore: makes the nodes that guests may write, and reads the reports of their
 * agents.
 */
package org.jxapi.guest;
