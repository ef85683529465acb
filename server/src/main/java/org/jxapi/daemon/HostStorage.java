package org.jxapi.daemon;

import java.util.function.BiFunction;
import org.jxapi.smapi.DriverFolder;
import org.jxapi.volume.Mounts;
import org.jxapi.volume.Repository;

/**
 * The storage of this host.
 *
 * @param mounts where repositories are mounted
 * @param drivers the drivers from outside jxapi
 * @param seen gets each repository with the UUID of its SR, and returns the one that is used
 */
record HostStorage(Mounts mounts, DriverFolder drivers, BiFunction<String, Repository, Repository> seen) {}
