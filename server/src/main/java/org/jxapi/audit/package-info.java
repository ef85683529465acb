/**
 * The audit log: which user sent which message or request, when, from where, about which objects, and with which
 * outcome. Lines have XAPI's form. Its file is rotated, and no call waits for it.
 */
@NullMarked
package org.jxapi.audit;

import org.jspecify.annotations.NullMarked;
