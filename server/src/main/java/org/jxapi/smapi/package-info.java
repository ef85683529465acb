/**
 * Storage drivers from outside jxapi: executables that answer the volume calls of XAPI's SMAPIv3 in JSON. The contract is
 * in docs/storage-drivers.md.
 */
@NullMarked
package org.jxapi.smapi;

import org.jspecify.annotations.NullMarked;
