/** The expressions of get_all_records_where, in XAPI's grammar and with its text form of values. */
package org.jxapi.query;
