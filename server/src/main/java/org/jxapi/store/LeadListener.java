package org.jxapi.store;

/** Learns of elections, on any thread. Its method must not take long. */
public interface LeadListener {
    /** Whether this host is the coordinator. */
    void changed(boolean leads);
}
