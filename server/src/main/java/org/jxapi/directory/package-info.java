/**
 * Where users and groups come from: the host's local users, LDAP servers and Active Directory. It checks passwords and
 * answers questions about users and groups, and knows nothing of sessions, subjects and roles.
 */
@NullMarked
package org.jxapi.directory;

import org.jspecify.annotations.NullMarked;
