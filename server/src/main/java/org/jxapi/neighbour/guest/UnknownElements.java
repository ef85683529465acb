package org.jxapi.neighbour.guest;

import java.util.ArrayList;
import java.util.List;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;
import org.jxapi.neighbour.syntax.Element;

/** Reports about elements of libvirt that VMs of the XenAPI do not have. */
final class UnknownElements {
    private UnknownElements() {}

    /** Reports about an element by its rule. One without a rule is refused. */
    static void unknown(PlanBuilder plan, String path, Element element) {
        ConfigKey key = new ConfigKey(path, element.line());
        KnownKeys.LIBVIRT
                .find(path)
                .ifPresentOrElse(
                        rule -> rule.apply(plan, key, value(element)),
                        () -> plan.refused(key, "jxapi does not know this element"));
    }

    /** An element's attributes and text in one line, to compare with the default of a rule. */
    private static String value(Element element) {
        List<String> parts = new ArrayList<>();
        element.attributes().forEach((key, value) -> parts.add(key + "=" + value));
        if (!element.text().isEmpty()) {
            parts.add(element.text());
        }
        return String.join(" ", parts);
    }
}
