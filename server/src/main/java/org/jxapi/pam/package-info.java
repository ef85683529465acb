/**
 * PAM, through which the host checks its local users. It binds libpam, and knows nothing of sessions and roles. Calls
 * block for as long as PAM's modules take.
 */
@NullMarked
package org.jxapi.pam;

import org.jspecify.annotations.NullMarked;
