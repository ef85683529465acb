package org.jxapi.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.ProbeResult;
import org.jxapi.xenapi.SrStat;

/** sr-probe and sr-probe-ext: what is there that could be, or is, an SR. */
final class SrProbeCommands {
    private static final String OPTIONAL = "host-uuid device-config: sm-config:";

    private SrProbeCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "sr-probe",
                "type",
                OPTIONAL,
                "Looks for existing SRs or for missing values of device-config, and prints the storage driver's"
                        + " findings.",
                c -> c.print(probe(c, "SR.probe")));
        t.add(
                "sr-probe-ext",
                "type",
                OPTIONAL,
                "Looks for existing SRs like sr-probe, with drivers that return structured results.",
                c -> {
                    List<Row<ProbeResult>> all = new ArrayList<>();
                    ((List<?>) probe(c, "SR.probe_ext")).forEach(r -> all.add(((Row<?>) r).as(ProbeResult.XEN_CLASS)));
                    printSrs(
                            c,
                            all.stream()
                                    .filter(r -> r.get(ProbeResult.SR) != null)
                                    .toList());
                    printConfigurations(
                            c,
                            "Found the following complete configurations that can be used to create SRs:",
                            all.stream()
                                    .filter(r -> r.get(ProbeResult.SR) == null && r.get(ProbeResult.COMPLETE))
                                    .toList());
                    printConfigurations(
                            c,
                            "Found the following incomplete configurations that may contain SRs:",
                            all.stream()
                                    .filter(r -> r.get(ProbeResult.SR) == null && !r.get(ProbeResult.COMPLETE))
                                    .toList());
                });
    }

    private static Object probe(Context c, String message) {
        return c.call(message, SrCommands.host(c, true), c.map("device-config"), c.need("type"), c.map("sm-config"));
    }

    private static void printSrs(Context c, List<Row<ProbeResult>> found) throws IOException {
        if (found.isEmpty()) {
            return;
        }
        c.message("The following SRs were found:");
        int i = 0;
        for (Row<ProbeResult> result : found) {
            c.message("SR " + i + ":");
            Row<SrStat> sr = result.get(ProbeResult.SR);
            Map<String, Object> shown = new LinkedHashMap<>();
            if (sr.get(SrStat.UUID.index()) != null) {
                shown.put("uuid", sr.get(SrStat.UUID.index()));
            }
            shown.put("name-label", sr.get(SrStat.NAME_LABEL));
            shown.put("name-description", sr.get(SrStat.NAME_DESCRIPTION));
            shown.put("total-space", sr.get(SrStat.TOTAL_SPACE));
            shown.put("free-space", sr.get(SrStat.FREE_SPACE));
            shown.put("clustered", sr.get(SrStat.CLUSTERED));
            shown.put("health", sr.get(SrStat.HEALTH).wire());
            c.printMap(shown);
            c.message("SR " + i + " configuration:");
            c.printMap(result.get(ProbeResult.CONFIGURATION));
            c.message("SR " + i + " extra information:");
            c.printMap(result.get(ProbeResult.EXTRA_INFO));
            i++;
        }
    }

    private static void printConfigurations(Context c, String title, List<Row<ProbeResult>> found) throws IOException {
        if (found.isEmpty()) {
            return;
        }
        c.message(title);
        int i = 0;
        for (Row<ProbeResult> result : found) {
            c.message("Configuration " + i + ":");
            c.printMap(result.get(ProbeResult.CONFIGURATION));
            c.message("Configuration " + i + " extra information:");
            c.printMap(result.get(ProbeResult.EXTRA_INFO));
            i++;
        }
    }
}
