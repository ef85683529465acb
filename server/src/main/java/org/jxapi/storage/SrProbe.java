package org.jxapi.storage;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Row;
import org.jxapi.volume.Driver.Found;
import org.jxapi.volume.Driver.Probe;
import org.jxapi.volume.Usage;
import org.jxapi.volume.XmlText;
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
        Row<SrStat> stat = Row.of(SrStat.XEN_CLASS).with(SrStat.HEALTH, SrHealth.HEALTHY);
        Usage usage = found.usage();
        if (usage != null) {
            stat = stat.with(SrStat.TOTAL_SPACE, usage.size()).with(SrStat.FREE_SPACE, usage.size() - usage.used());
        }
        return found.uuid().isEmpty() ? stat : stat.with(SrStat.UUID, found.uuid());
    }

    /** The XML of {@code SR.probe}, as the storage managers of XenServer print it. */
    static String text(Probe probe) {
        XmlText xml = new XmlText("SRlist");
        for (Found each : probe.found()) {
            xml.open("SR");
            if (!each.uuid().isEmpty()) {
                xml.text("UUID", each.uuid());
            }
            each.details().forEach(xml::text);
            xml.close();
        }
        if (!probe.versions().isEmpty()) {
            xml.open("SupportedVersions");
            probe.versions().forEach(version -> xml.text("Version", version));
            xml.close();
        }
        return xml.end();
    }
}
