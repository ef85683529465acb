/** The messages of class blob. Every class whose objects have blobs creates and removes them through this package. */
package org.jxapi.blob;
