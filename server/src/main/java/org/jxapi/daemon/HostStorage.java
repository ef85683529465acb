package org.jxapi.daemon;

import org.jxapi.smapi.DriverFolder;
import org.jxapi.volume.Mounts;
import org.jxapi.volume.Reach;

/**
 * The storage of this host.
 *
 * @param mounts where repositories are mounted
 * @param drivers the drivers from outside jxapi
 * @param reach the way to its repositories
 */
record HostStorage(Mounts mounts, DriverFolder drivers, Reach reach) {}
