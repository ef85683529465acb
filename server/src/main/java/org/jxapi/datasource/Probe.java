package org.jxapi.datasource;

/** Reads the data sources of one subject. Called on one thread. */
interface Probe {
    void read(Look look, Readings readings);
}
