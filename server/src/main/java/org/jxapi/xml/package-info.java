/** XML that clients and other programs have written, read without any of the dangers of its document types. */
@NullMarked
package org.jxapi.xml;

import org.jspecify.annotations.NullMarked;
