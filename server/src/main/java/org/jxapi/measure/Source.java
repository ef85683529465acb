package org.jxapi.measure;

import java.util.function.DoubleSupplier;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.DataSource;

/** One number that somebody can tell now, and how to get it. */
public record Source(String name, String about, String units, double max, DoubleSupplier value) {
    Row<DataSource> row(boolean enabled) {
        return Row.of(DataSource.XEN_CLASS)
                .with(DataSource.NAME_LABEL, name)
                .with(DataSource.NAME_DESCRIPTION, about)
                .with(DataSource.ENABLED, enabled)
                .with(DataSource.STANDARD, true)
                .with(DataSource.UNITS, units)
                .with(DataSource.MIN, 0.0)
                .with(DataSource.MAX, max)
                .with(DataSource.VALUE, value.getAsDouble());
    }
}
