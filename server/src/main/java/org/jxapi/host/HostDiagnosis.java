package org.jxapi.host;

/** Facts about the daemon for those who look for a fault. */
public interface HostDiagnosis {
    /** The parts that a status report can have, as XML. */
    String capabilities();

    /** The threads of the daemon and what they wait for, as a graph in the language of Graphviz. */
    String threads();
}
