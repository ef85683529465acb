/**
 * Measurements on disk. Each owner has a file in XAPI's form, and a journal holds what was measured since the files were
 * written. It takes the measurements every 5 s.
 */
@NullMarked
package org.jxapi.archive;

import org.jspecify.annotations.NullMarked;
