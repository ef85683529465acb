package org.jxapi.host;

import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.xenapi.Host;

/** Facts about the daemons of hosts for those who look for a fault. HOST_OFFLINE for a host that is not connected. */
public interface HostDiagnosis {
    /** The parts that a status report of a host can have, as XML. */
    String capabilities(Ref<Host> host);

    /**
     * Makes a status report of a host and uploads it by HTTP PUT, until the call is cancelled.
     *
     * @param url where to; one that ends with a slash gets the name of a file
     * @param proxy the HTTP proxy for that, a URL or host:port; empty for none
     */
    void upload(Call call, Ref<Host> host, String url, String proxy);

    /** The threads of a host's daemon and what they wait for, as a graph in the language of Graphviz. */
    String threads(Ref<Host> host);
}
