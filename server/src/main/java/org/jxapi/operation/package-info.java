/**
 * Long operations on objects. An operation is an entry in the object's current_operations, which is the lock. It
 * starts and ends in one transaction each. Calls that find another operation wait in line here, and allowed_operations
 * follow.
 */
@NullMarked
package org.jxapi.operation;

import org.jspecify.annotations.NullMarked;
