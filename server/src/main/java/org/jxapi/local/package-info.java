/**
 * The host that this daemon runs on, and its pool. Other packages ask here instead of taking the only row of a table.
 */
package org.jxapi.local;
