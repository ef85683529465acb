/** Tasks: their messages, their limits, and the tasks that calls create. */
@NullMarked
package org.jxapi.task;

import org.jspecify.annotations.NullMarked;
