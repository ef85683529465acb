/**
 * Cloud images: lists of them, their checksums, and the NoCloud drive by which their first boot is configured. Nothing
 * here knows the API.
 */
@NullMarked
package org.jxapi.cloud;

import org.jspecify.annotations.NullMarked;
