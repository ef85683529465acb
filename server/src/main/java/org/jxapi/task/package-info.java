/** Tasks: their messages, their limits, and the tasks that calls create. */
package org.jxapi.task;
