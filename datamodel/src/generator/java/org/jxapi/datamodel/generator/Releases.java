package org.jxapi.datamodel.generator;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of XAPI's releases and their order: code names first, then version numbers (datamodel_types.ml). */
final class Releases {
    private static final List<String> CODE_NAMES = List.of(
            "rio",
            "miami",
            "symc",
            "orlando",
            "orlando-update-1",
            "george",
            "midnight-ride",
            "cowley",
            "boston",
            "tampa",
            "clearwater",
            "vgpu-tech-preview",
            "vgpu-productisation",
            "clearwater-felton",
            "clearwater-whetstone",
            "creedence",
            "cream",
            "indigo",
            "dundee",
            "ely",
            "falcon",
            "inverness",
            "jura",
            "kolkata",
            "lima",
            "naples",
            "oslo",
            "quebec",
            "stockholm",
            "stockholm_psr",
            "nile-preview",
            "nile");
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})(-next)?");

    private Releases() {}

    /** A number that grows with each release; -1 for a name that is none. */
    static long order(String release) {
        Matcher version = VERSION.matcher(release);
        if (!version.matches()) {
            return CODE_NAMES.indexOf(release);
        }
        long order = 0;
        for (int part = 1; part <= 3; part++) {
            order = order * 10_000 + Integer.parseInt(version.group(part));
        }
        return CODE_NAMES.size() + order;
    }
}
