/**
 * Disk images, read and written in Java without a process: raw files, and qcow2 with chains of backing files. It keeps
 * an image consistent through power cuts, finds holes, and treats each image as hostile, because guests and clients make
 * them.
 */
@NullMarked
package org.jxapi.image;

import org.jspecify.annotations.NullMarked;
