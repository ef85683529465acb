package org.jxapi.host;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.PerHost;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** Settings of a host that are more than plain fields. */
public final class HostSettings {
    private static final int MAX_HOSTNAME = 255;

    private final Store store;
    private final PerHost<MachineControl> machines;

    public HostSettings(Store store, PerHost<MachineControl> machines) {
        this.store = store;
        this.machines = machines;
    }

    void hostname(Ref<Host> host, String name) {
        if (name.isEmpty()) {
            throw Errors.hostNameInvalid("hostname empty");
        }
        if (name.length() > MAX_HOSTNAME) {
            throw Errors.hostNameInvalid("hostname is too long");
        }
        if (!name.matches("[A-Za-z0-9.]([A-Za-z0-9.-]*[A-Za-z0-9.])?")) {
            throw Errors.hostNameInvalid("hostname contains invalid characters");
        }
        store.snapshot().require(host);
        try {
            machines.of(host).setHostname(name);
        } catch (IOException e) {
            throw Errors.internalError("the hostname cannot be set: " + e.getMessage())
                    .causedBy(e);
        }
        store.change(tx -> {
            String before = tx.get(host, Host.HOSTNAME);
            tx.set(host, Host.HOSTNAME, name);
            Ref<VM> control = tx.get(host, Host.CONTROL_DOMAIN);
            boolean named = tx.find(control)
                    .map(vm -> vm.row().get(VM.NAME_LABEL).equals(controlDomain(before)))
                    .orElse(false);
            if (named) {
                tx.set(control, VM.NAME_LABEL, controlDomain(name));
            }
        });
    }

    private static String controlDomain(String hostname) {
        return "Control domain on host: " + hostname;
    }

    void iscsiName(Ref<Host> host, String value) {
        if (value.isEmpty()) {
            throw Errors.invalidValue("value", value);
        }
        store.change(tx -> {
            tx.set(host, Host.ISCSI_IQN, value);
            legacy(tx, host, "iscsi_iqn", value);
        });
    }

    void multipathing(Ref<Host> host, boolean value) {
        store.change(tx -> {
            tx.set(host, Host.MULTIPATHING, value);
            legacy(tx, host, "multipathing", Boolean.toString(value));
        });
    }

    /** Older clients read the setting in other_config. */
    private static void legacy(Transaction tx, Ref<Host> host, String key, String value) {
        Map<String, String> config = new LinkedHashMap<>(tx.get(host, Host.OTHER_CONFIG));
        config.put(key, value);
        tx.set(host, Host.OTHER_CONFIG, config);
    }

    void powerOnMode(Ref<Host> host, String mode, Map<String, String> config) {
        store.change(tx -> {
            tx.set(host, Host.POWER_ON_MODE, mode);
            tx.set(host, Host.POWER_ON_CONFIG, config);
        });
    }

    /** No storage here caches what it reads from a shared repository. */
    void localCache(Ref<Host> host, Ref<SR> sr) {
        checkEmpty(host);
        store.snapshot().require(sr);
        throw new XenApiException(Errors.srOperationNotSupported("").code(), List.of());
    }

    void noLocalCache(Ref<Host> host) {
        checkEmpty(host);
        store.change(tx -> tx.set(host, Host.LOCAL_CACHE_SR, Ref.nil()));
    }

    /** Disabled, and nothing runs on it. */
    private void checkEmpty(Ref<Host> host) {
        if (store.snapshot().get(host, Host.ENABLED)) {
            throw Errors.hostNotDisabled();
        }
        for (Ref<VM> vm : Evacuation.guests(store.snapshot(), host)) {
            if (store.snapshot().get(vm, VM.POWER_STATE) == VmPowerState.RUNNING) {
                throw Errors.hostInUse(host.value(), "vm", vm.value());
            }
        }
    }
}
