/** The messages of class blob. Every class whose objects have blobs creates and removes them through this package. */
@NullMarked
package org.jxapi.blob;

import org.jspecify.annotations.NullMarked;
