package org.jxapi.host;

import java.io.IOException;
import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.local.PerHost;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deepest sleep state of a host's CPUs: {@code host.max_cstate}. XAPI also writes it to Xen's command line. jxapid leaves
 * the boot loader alone, and sets it again at each start.
 */
public final class HostCstates {
    private static final Logger LOG = LoggerFactory.getLogger(HostCstates.class);
    private static final String FIELD = "max_cstate";
    private static final String UNLIMITED = "unlimited";

    private final Store store;
    private final PerHost<MachineControl> machines;

    public HostCstates(Store store, PerHost<MachineControl> machines) {
        this.store = store;
        this.machines = machines;
    }

    /** INVALID_VALUE for what is neither empty, {@code STATE} nor {@code STATE,SUBSTATE}, VALUE_NOT_SUPPORTED for a state after C1. */
    void set(Ref<Host> host, String value) {
        store.snapshot().require(host);
        List<String> limit = limit(value);
        if (!List.of(UNLIMITED, "0", "1").contains(limit.get(0))) {
            throw Errors.valueNotSupported(FIELD, value, "the states are C0, C1 and no limit");
        }
        try {
            machines.of(host).limitCstates(limit);
        } catch (IOException e) {
            throw Errors.internalError("Failed to update max_cstate: " + e.getMessage())
                    .causedBy(e);
        }
        store.change(tx -> tx.set(host, Host.MAX_CSTATE, value));
    }

    /** The words of a limit, as {@code xenpm} has them. */
    private static List<String> limit(String value) {
        if (value.isEmpty()) {
            return List.of(UNLIMITED);
        }
        if (!value.matches("\\d{1,9}(,\\d{1,9})?")) {
            throw Errors.invalidValue(FIELD, value);
        }
        return List.of(value.split(",")).stream()
                .map(each -> Integer.toString(Integer.parseInt(each)))
                .toList();
    }

    /** Sets a limit again that the restart of the machine has ended. */
    public void start(Ref<Host> host) {
        String value = store.snapshot().get(host, Host.MAX_CSTATE);
        if (value.isEmpty()) {
            return;
        }
        try {
            machines.of(host).limitCstates(limit(value));
        } catch (IOException e) {
            LOG.warn("Host: the limit {} of its sleep states is not set: {}", value, e.getMessage());
        }
    }
}
