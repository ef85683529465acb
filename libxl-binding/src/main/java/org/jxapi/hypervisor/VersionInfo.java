package org.jxapi.hypervisor;

/**
 * The hypervisor's version, {@code libxl_version_info}.
 *
 * @param xenVersionExtra such as {@code .4}
 * @param capabilities guest ABIs, separated by spaces
 * @param pagesize bytes
 * @param commandline the hypervisor's
 */
public record VersionInfo(
        int xenVersionMajor,
        int xenVersionMinor,
        String xenVersionExtra,
        String compiler,
        String compileBy,
        String compileDomain,
        String compileDate,
        String capabilities,
        String changeset,
        long virtStart,
        int pagesize,
        String commandline,
        String buildId) {
    /** Returns the version as {@code 4.17.4}. */
    public String version() {
        return xenVersionMajor + "." + xenVersionMinor + xenVersionExtra;
    }
}
