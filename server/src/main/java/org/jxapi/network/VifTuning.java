package org.jxapi.network;

import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.local.VmDomain;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies {@code other_config} of VIFs to the host's ends of them, as XAPI's script for VIFs does. The log has failures: the guest
 * runs without the setting, as in XAPI.
 */
public final class VifTuning {
    private static final Logger LOG = LoggerFactory.getLogger(VifTuning.class);

    private final Store store;
    private final PoolNetworks networks;

    public VifTuning(Store store, PoolNetworks networks) {
        this.store = store;
        this.networks = networks;
    }

    /** Does it for all interfaces of a new domain. */
    public void applyAll(Ref<VM> vm, VmDomain domain) {
        Snapshot snapshot = store.snapshot();
        snapshot.get(vm, VM.VIFS).forEach(vif -> apply(snapshot.row(vif), domain));
    }

    /** Does it for one interface of a domain. */
    public void apply(Row<VIF> vif, VmDomain domain) {
        Map<String, String> config = vif.get(VIF.OTHER_CONFIG);
        DeviceTuning tuning = Ethtool.ofGuest(config);
        String promiscuous = config.get("promiscuous");
        String device = "vif" + domain.domid() + "." + vif.get(VIF.DEVICE);
        HostNetwork host = networks.of(domain.host());
        if (!tuning.isEmpty()) {
            attempt(device, () -> host.tune(device, tuning));
        }
        if (promiscuous != null) {
            boolean on = promiscuous.equals("true") || promiscuous.equals("on");
            attempt(device, () -> host.promiscuous(device, on));
        }
    }

    private static void attempt(String device, Runnable work) {
        try {
            work.run();
        } catch (XenApiException e) {
            LOG.warn("{}: a setting of other_config is not applied: {}", device, e.getMessage());
        }
    }
}
