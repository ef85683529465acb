/**
 * Certificates: those that the host shows, kept in the data folder or in files of an ACME client, and those that the pool
 * trusts, with lists of revoked ones. Objects of class Certificate follow both, and messages warn before they expire.
 */
@NullMarked
package org.jxapi.certificate;

import org.jspecify.annotations.NullMarked;
