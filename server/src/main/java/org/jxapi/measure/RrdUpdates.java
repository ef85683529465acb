package org.jxapi.measure;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes measurements as XAPI's monitoring does at /rrd_updates: rrdtool's xport format, in XML or in JSON. */
public final class RrdUpdates {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DECLARATION = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

    private RrdUpdates() {}

    /** All values are text, numbers too. */
    public static String json(Measurements.Answer answer) {
        ObjectNode document = JSON.createObjectNode();
        ObjectNode meta = document.putObject("meta");
        meta.put("start", Long.toString(answer.start()));
        meta.put("step", Long.toString(answer.step()));
        meta.put("end", Long.toString(answer.end()));
        meta.put("rows", Integer.toString(answer.rows().size()));
        meta.put("columns", Integer.toString(answer.legend().size()));
        ArrayNode legend = meta.putArray("legend");
        answer.legend().forEach(legend::add);
        ArrayNode data = document.putArray("data");
        for (Measurements.Row row : answer.rows()) {
            ObjectNode one = data.addObject();
            one.put("t", Long.toString(row.time()));
            ArrayNode values = one.putArray("values");
            for (double value : row.values()) {
                values.add(Numbers.text(value));
            }
        }
        return document.toString();
    }

    public static String xml(Measurements.Answer answer) {
        StringBuilder out = new StringBuilder(DECLARATION).append("<xport><meta>");
        element(out, "start", Long.toString(answer.start()));
        element(out, "step", Long.toString(answer.step()));
        element(out, "end", Long.toString(answer.end()));
        element(out, "rows", Integer.toString(answer.rows().size()));
        element(out, "columns", Integer.toString(answer.legend().size()));
        out.append("<legend>");
        answer.legend().forEach(name -> element(out, "entry", name));
        out.append("</legend></meta><data>");
        for (Measurements.Row row : answer.rows()) {
            out.append("<row>");
            element(out, "t", Long.toString(row.time()));
            for (double value : row.values()) {
                element(out, "v", Numbers.text(value));
            }
            out.append("</row>");
        }
        return out.append("</data></xport>").toString();
    }

    /** Names are the model's and UUIDs: nothing in them is markup. */
    private static void element(StringBuilder out, String name, String text) {
        out.append('<')
                .append(name)
                .append('>')
                .append(text)
                .append("</")
                .append(name)
                .append('>');
    }
}
