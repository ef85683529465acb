package org.jxapi.datasource;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Reading;
import org.jxapi.measure.Source;

/** Gathers the readings of a look by owner. */
final class Readings {
    private final Map<Owner, List<Reading>> all = new LinkedHashMap<>();

    void add(Owner owner, Source source, double value) {
        all.computeIfAbsent(owner, o -> new ArrayList<>()).add(new Reading(source, value));
    }

    Map<Owner, List<Reading>> all() {
        return all;
    }
}
