package org.jxapi.measure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.DataSource;
import org.jxapi.xenapi.Errors;

/**
 * All numbers of one host, VM or SR.
 *
 * @param owner what their names begin with among all measurements: {@code host:UUID:}, {@code vm:UUID:} or {@code
 *     sr:UUID:}
 */
public record Sources(String owner, List<Source> all) {
    /** The data_source records; enabled are those that are recorded. */
    public List<Row<DataSource>> rows(Measurements measurements) {
        return all.stream()
                .map(source -> source.row(measurements.records(owner + source.name())))
                .toList();
    }

    /** The current value of a source, recorded or not; INTERNAL_ERROR if there is no such source. */
    public double query(String name) {
        return need(name).value().getAsDouble();
    }

    /** Records it from now on; INTERNAL_ERROR when there is no such source. */
    public void record(Measurements measurements, String name) {
        measurements.record(owner + need(name).name());
    }

    /** Drops what it told, and records it no longer; nothing happens when there is no such source. */
    public void forget(Measurements measurements, String name) {
        find(name).ifPresent(source -> measurements.forget(owner + name));
    }

    /** The current values of all sources, by their names among all measurements. */
    public Map<String, Double> values() {
        Map<String, Double> values = new LinkedHashMap<>();
        all.forEach(source -> values.put(owner + source.name(), source.value().getAsDouble()));
        return values;
    }

    private Optional<Source> find(String name) {
        return all.stream().filter(source -> source.name().equals(name)).findFirst();
    }

    private Source need(String name) {
        return find(name).orElseThrow(() -> Errors.internalError("Rrd.Invalid_data_source(\"" + name + "\")"));
    }
}
