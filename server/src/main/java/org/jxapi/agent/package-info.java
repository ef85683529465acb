/**
 * A host that another machine drives. The agent serves interfaces of the host, {@code Hypervisor} first, and its storage,
 * over TLS with certificates on both sides. Its client is the same interfaces again. The agent refuses orders of a
 * coordinator that another one has replaced.
 */
@NullMarked
package org.jxapi.agent;

import org.jspecify.annotations.NullMarked;
