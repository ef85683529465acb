package org.jxapi.host;

import org.jxapi.dispatch.Call;

/** Facts about the daemon for those who look for a fault. */
public interface HostDiagnosis {
    /** The parts that a status report can have, as XML. */
    String capabilities();

    /**
     * Makes a status report and uploads it by HTTP PUT, until the call is cancelled.
     *
     * @param url where to; one that ends with a slash gets the name of a file
     * @param proxy the HTTP proxy for that, a URL or host:port; empty for none
     */
    void upload(Call call, String url, String proxy);

    /** The threads of the daemon and what they wait for, as a graph in the language of Graphviz. */
    String threads();
}
