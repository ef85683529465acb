package org.jxapi.daemon;

import org.jxapi.smapi.DriverFolder;
import org.jxapi.volume.Mounts;

/**
 * The storage of this host.
 *
 * @param mounts where repositories are mounted
 * @param drivers the drivers from outside jxapi
 */
record HostStorage(Mounts mounts, DriverFolder drivers) {}
