/**
 * The database as a file that clients save and restore: XAPI's XML. The host too: all that the daemon has of it. A restore
 * is checked as a whole before anything changes, and takes effect with a restart of the daemon.
 */
@NullMarked
package org.jxapi.backup;

import org.jspecify.annotations.NullMarked;
