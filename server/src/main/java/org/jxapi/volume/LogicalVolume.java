package org.jxapi.volume;

import java.util.Set;

/**
 * A logical volume as a report of LVM has it.
 *
 * @param bytes its size
 * @param thinId its number in its thin pool; -1 for others
 */
record LogicalVolume(String name, long bytes, Set<String> tags, int thinId) {}
