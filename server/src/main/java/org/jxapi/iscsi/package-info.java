/**
 * The host as an initiator of iSCSI, through Debian's open-iscsi: targets are discovered, and sessions begin and end.
 */
@NullMarked
package org.jxapi.iscsi;

import org.jspecify.annotations.NullMarked;
