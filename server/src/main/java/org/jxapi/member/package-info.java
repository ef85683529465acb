/**
 * Hosts that join a pool and leave it. A host that has joined runs an agent, and sends clients to the coordinator, or
 * answers them for it. The coordinator knows the agents of its members, takes the objects of a joining host over, and
 * removes those of one that leaves.
 */
@NullMarked
package org.jxapi.member;

import org.jspecify.annotations.NullMarked;
