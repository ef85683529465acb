/**
 * The data sources of the host, of VMs and of SRs: how each number is read from the hypervisor, from Linux, from xenstore and
 * from the database, under XAPI's names.
 */
@NullMarked
package org.jxapi.datasource;

import org.jspecify.annotations.NullMarked;
