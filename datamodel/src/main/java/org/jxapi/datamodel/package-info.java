/**
 * The notation of the XenAPI model: classes, fields, messages, types, roles, references and errors. The package
 * org.jxapi.xenapi is generated in these terms. Nothing here knows a particular class.
 */
@NullMarked
package org.jxapi.datamodel;

import org.jspecify.annotations.NullMarked;
