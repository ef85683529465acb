package org.jxapi.storage;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Row;
import org.jxapi.volume.Driver.Found;
import org.jxapi.xenapi.ProbeResult;
import org.jxapi.xenapi.SrHealth;
import org.jxapi.xenapi.SrStat;

/** The answers of a probe: the repositories that a device_config leads to. */
final class SrProbe {
    private SrProbe() {}

    /** One result for each repository; one without a repository when there is none. */
    static List<Row<ProbeResult>> results(List<Found> found, Map<String, String> deviceConfig) {
        if (found.isEmpty()) {
            return List.of(result(deviceConfig, null));
        }
        return found.stream().map(each -> result(deviceConfig, stat(each))).toList();
    }

    private static Row<ProbeResult> result(Map<String, String> deviceConfig, @Nullable Row<SrStat> stat) {
        Object[] values = new Object[ProbeResult.XEN_CLASS.fields().size()];
        values[ProbeResult.CONFIGURATION.index()] = deviceConfig;
        values[ProbeResult.COMPLETE.index()] = true;
        values[ProbeResult.SR.index()] = stat;
        values[ProbeResult.EXTRA_INFO.index()] = Map.of();
        return Row.of(ProbeResult.XEN_CLASS, values);
    }

    private static Row<SrStat> stat(Found found) {
        Row<SrStat> stat = Row.of(SrStat.XEN_CLASS)
                .with(SrStat.TOTAL_SPACE, found.usage().size())
                .with(SrStat.FREE_SPACE, found.usage().size() - found.usage().used())
                .with(SrStat.HEALTH, SrHealth.HEALTHY);
        return found.uuid().isEmpty() ? stat : stat.with(SrStat.UUID, found.uuid());
    }

    /** The repositories in the XML of {@code SR.probe}: {@code <SRlist><SR><UUID>…}. */
    static String text(List<Found> found) {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SRlist>");
        for (Found each : found) {
            xml.append("<SR>");
            if (!each.uuid().isEmpty()) {
                xml.append("<UUID>").append(each.uuid()).append("</UUID>");
            }
            xml.append("<size>").append(each.usage().size()).append("</size><name_label/><name_description/></SR>");
        }
        return xml.append("</SRlist>\n").toString();
    }
}
