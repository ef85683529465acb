/**
 * The program. It reads the settings, opens the data folder, constructs all other packages and connects them, starts
 * the listeners, and reports to systemd. Only this package knows all others.
 */
@NullMarked
package org.jxapi.daemon;

import org.jspecify.annotations.NullMarked;
