package org.jxapi.hypervisor;

/**
 * A Xen host in libxl's own vocabulary: mechanisms, no policy, and nothing remembered between calls.
 *
 * <p>Every operation blocks until it is done, may be called from any thread, and fails with {@link
 * HypervisorException}. A domain that does not exist is {@link LibxlError#DOMAIN_NOTFOUND}. Interrupting the calling
 * thread asks a long operation to stop: it then fails with {@link LibxlError#ABORTED}. Memory sizes are KiB unless the
 * name says otherwise.
 */
public interface Hypervisor extends AutoCloseable {
    /** The domain number of the control domain. */
    int DOM0 = 0;

    /** Whether calls reach it now; that of another machine may be away. */
    default boolean isConnected() {
        return true;
    }

    Domains domains();

    Devices devices();

    DiskImages diskImages();

    Memory memory();

    Vcpus vcpus();

    Schedulers schedulers();

    Cpupools cpupools();

    Consoles consoles();

    PhysicalHost host();

    Statistics statistics();

    Events events();

    Xenstore xenstore();

    /** Lets go of the hypervisor; domains are not touched. */
    @Override
    void close();
}
