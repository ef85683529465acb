/** The expressions of get_all_records_where, in XAPI's grammar and with its text form of values. */
@NullMarked
package org.jxapi.query;

import org.jspecify.annotations.NullMarked;
