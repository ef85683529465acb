/**
 * Sessions, users, roles and rights. It checks passwords, delays and counts wrong ones, and decides which roles may
 * send a message. Sessions are in memory only.
 */
package org.jxapi.session;
