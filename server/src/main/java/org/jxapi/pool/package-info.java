/**
 * The pool and its secrets. The pool has one host, so most messages check their parameters and return XAPI's error for
 * a pool without that feature.
 */
@NullMarked
package org.jxapi.pool;

import org.jspecify.annotations.NullMarked;
