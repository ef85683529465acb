/**
 * Sessions, users, roles and rights. It checks passwords, delays and counts wrong ones, and decides which roles may
 * send a message. Sessions are in memory only.
 */
@NullMarked
package org.jxapi.session;

import org.jspecify.annotations.NullMarked;
