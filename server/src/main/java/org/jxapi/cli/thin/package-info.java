/**
 * The parts of xe's protocol that know no command and no object: the wire format, the command line, the printed layout
 * and exit statuses.
 */
@NullMarked
package org.jxapi.cli.thin;

import org.jspecify.annotations.NullMarked;
