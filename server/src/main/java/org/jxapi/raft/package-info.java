/**
 * The log of a pool, over Apache Ratis. It carries the groups of the coordinator's transactions to the replica of each host, and
 * knows who is a member. A host without the setting {@code replication} loads none of it.
 */
@NullMarked
package org.jxapi.raft;

import org.jspecify.annotations.NullMarked;
