/**
 * The VM: its messages, the rules that allow or refuse them, and its life cycle from template to destroy, with
 * snapshots, checkpoints, memory and appliances.
 */
@NullMarked
package org.jxapi.vm;

import org.jspecify.annotations.NullMarked;
