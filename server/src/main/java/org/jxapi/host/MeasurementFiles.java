package org.jxapi.host;

/** The files of measurements. */
public interface MeasurementFiles {
    /** Writes all of them after so many seconds. */
    void saveAll(double delay);
}
