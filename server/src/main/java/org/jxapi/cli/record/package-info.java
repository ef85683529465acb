/**
 * Objects as xe shows them: their kinds and fields with XAPI's names and order, filters, changes of fields, and the
 * sentences for errors.
 */
package org.jxapi.cli.record;
