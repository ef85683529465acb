package org.jxapi.storage;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.ProbeResult;
import org.jxapi.xenapi.SrHealth;
import org.jxapi.xenapi.SrStat;

/** The results of a probe: the repository that a device_config leads to, if there is one. */
final class SrProbe {
    private SrProbe() {}

    /** One result for the place, with a repository when disks are there. */
    static List<Row<ProbeResult>> probe(String type, Map<String, String> deviceConfig) {
        Driver driver = Drivers.of(type);
        Path folder = driver.folder(deviceConfig);
        driver.attach(folder);
        Object stat = driver.files(folder).isEmpty() ? null : stat(driver, folder);
        Object[] values = new Object[ProbeResult.XEN_CLASS.fields().size()];
        values[ProbeResult.CONFIGURATION.index()] = deviceConfig;
        values[ProbeResult.COMPLETE.index()] = true;
        values[ProbeResult.SR.index()] = stat;
        values[ProbeResult.EXTRA_INFO.index()] = Map.of();
        return List.of(Row.of(ProbeResult.XEN_CLASS, values));
    }

    private static Row<SrStat> stat(Driver driver, Path folder) {
        SrFolder.Usage usage = new SrFolder(Ref.nil(), driver, folder).usage();
        return Row.of(SrStat.XEN_CLASS)
                .with(SrStat.TOTAL_SPACE, usage.size())
                .with(SrStat.FREE_SPACE, usage.size() - usage.used())
                .with(SrStat.HEALTH, SrHealth.HEALTHY);
    }

    /** The repositories of these results in the XML of {@code SR.probe}: {@code <SRlist><SR><size>…}. */
    static String text(List<Row<ProbeResult>> results) {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SRlist>");
        for (Row<ProbeResult> result : results) {
            Row<SrStat> stat = result.get(ProbeResult.SR);
            if (stat != null) {
                xml.append("<SR><size>")
                        .append(stat.get(SrStat.TOTAL_SPACE))
                        .append("</size><name_label/><name_description/></SR>");
            }
        }
        return xml.append("</SRlist>\n").toString();
    }
}
