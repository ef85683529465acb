package org.jxapi.volume;

/**
 * Where a driver from outside jxapi comes from.
 *
 * @param vendor the company or project that made it
 * @param version its own version
 * @param file the path of its executable
 */
public record Origin(String vendor, String copyright, String version, String file) {}
