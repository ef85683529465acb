/**
 * Objects as xe shows them: their kinds and fields with XAPI's names and order, filters, changes of fields, and the
 * sentences for errors.
 */
@NullMarked
package org.jxapi.cli.record;

import org.jspecify.annotations.NullMarked;
