package org.jxapi.diagnosis;

import java.util.List;

/**
 * A part of the status report that clients can select, as xen-bugtool describes its own.
 *
 * @param key XenServer's name of it
 * @param personal whether it holds data about people: {@code no}, {@code maybe}, {@code yes} or {@code if_customized}
 * @param checked whether clients select it by default
 * @param items its files
 */
record Capability(String key, String personal, boolean checked, List<Item> items) {
    /** Bytes at most. */
    private long largest() {
        return items.size() * RedactedLines.LARGEST;
    }

    /** Seconds at most. */
    private long longest() {
        return items.size() * Item.LIMIT.toSeconds();
    }

    /** The description of all parts, as xen-bugtool writes it. */
    static String xml(List<Capability> all) {
        StringBuilder out = new StringBuilder("<?xml version=\"1.0\" ?>\n<system-status-capabilities>\n");
        for (Capability each : all) {
            out.append("\t<capability content-type=\"text/plain\" default-checked=\"")
                    .append(each.checked ? "yes" : "no")
                    .append("\" key=\"")
                    .append(each.key)
                    .append("\" max-size=\"")
                    .append(each.largest())
                    .append("\" max-time=\"")
                    .append(each.longest())
                    .append("\" min-size=\"0\" min-time=\"0\" pii=\"")
                    .append(each.personal)
                    .append("\"/>\n");
        }
        return out.append("</system-status-capabilities>\n").toString();
    }
}
