package org.jxapi.volume;

import java.util.Map;

/** The drivers of one machine, by the types of repositories. Each method fails with SR_UNKNOWN_DRIVER for an unknown type. */
public interface DriverSet {
    /** @see Driver#repository */
    Repository repository(String type, Settings settings);

    /** @see Driver#probe */
    Driver.Probe probe(String type, Settings settings);

    /** @see Driver#smConfig */
    Map<String, String> smConfig(String type, Settings settings);
}
