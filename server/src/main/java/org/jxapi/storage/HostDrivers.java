package org.jxapi.storage;

import org.jxapi.datamodel.Ref;
import org.jxapi.volume.DriverSet;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;

/** The storage drivers of the pool's hosts that are other machines. */
public interface HostDrivers {
    /** All hosts are this machine. */
    HostDrivers ONLY_HERE = new HostDrivers() {
        @Override
        public boolean isHere(Ref<Host> host) {
            return true;
        }

        @Override
        public boolean isConnected(Ref<Host> host) {
            return true;
        }

        @Override
        public DriverSet of(Ref<Host> host) {
            throw Errors.hostOffline(host.value());
        }
    };

    /** Whether the storage of a host is that of this machine, as for simulated hosts of one process. */
    boolean isHere(Ref<Host> host);

    /** Whether calls reach a host now. */
    boolean isConnected(Ref<Host> host);

    /** The drivers of a host that is another machine; HOST_OFFLINE if nothing reaches it. */
    DriverSet of(Ref<Host> host);
}
