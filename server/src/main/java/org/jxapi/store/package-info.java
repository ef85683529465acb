/**
 * The state. All objects are immutable rows in memory, changed by one transaction at a time. A transaction becomes an
 * entry, which is applied to the state. It is on disk, in H2, before anyone sees it. Backups, check sums, migrations of the schema and full disks are handled here.
 */
@NullMarked
package org.jxapi.store;

import org.jspecify.annotations.NullMarked;
