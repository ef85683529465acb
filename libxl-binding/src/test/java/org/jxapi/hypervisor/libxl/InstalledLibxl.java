package org.jxapi.hypervisor.libxl;

import static org.junit.jupiter.api.Assumptions.abort;

import org.jxapi.hypervisor.HypervisorException;

/** The libxl that packaging/check installs where it may; elsewhere the tests that need it are skipped. */
final class InstalledLibxl {
    private InstalledLibxl() {}

    static Libraries load() {
        try {
            return Libraries.load();
        } catch (HypervisorException e) {
            if (System.getenv("JXAPI_NEED_LIBXL") != null) {
                throw e;
            }
            return abort("skipped, as libxl is not installed (packaging/check installs it as root): " + e.getMessage());
        }
    }
}
