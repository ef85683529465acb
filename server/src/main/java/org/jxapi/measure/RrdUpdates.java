package org.jxapi.measure;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes measurements as XAPI's monitoring does at /rrd_updates: rrdtool's xport format, in XML or in JSON. */
public final class RrdUpdates {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String AVERAGE = "AVERAGE:";

    private RrdUpdates() {}

    public static String json(Measurements.Answer answer) {
        ObjectNode document = JSON.createObjectNode();
        ObjectNode meta = document.putObject("meta");
        meta.put("start", answer.start());
        meta.put("step", answer.step());
        meta.put("end", answer.end());
        meta.put("rows", answer.rows().size());
        meta.put("columns", answer.names().size());
        ArrayNode legend = meta.putArray("legend");
        answer.names().forEach(name -> legend.add(AVERAGE + name));
        ArrayNode data = document.putArray("data");
        for (Measurements.Row row : answer.rows()) {
            ObjectNode one = data.addObject();
            one.put("t", row.time());
            ArrayNode values = one.putArray("values");
            for (float value : row.values()) {
                values.add(text(value));
            }
        }
        return document.toString();
    }

    public static String xml(Measurements.Answer answer) {
        StringBuilder out = new StringBuilder("<xport><meta>");
        element(out, "start", Long.toString(answer.start()));
        element(out, "step", Long.toString(answer.step()));
        element(out, "end", Long.toString(answer.end()));
        element(out, "rows", Integer.toString(answer.rows().size()));
        element(out, "columns", Integer.toString(answer.names().size()));
        out.append("<legend>");
        answer.names().forEach(name -> element(out, "entry", AVERAGE + name));
        out.append("</legend></meta><data>");
        for (Measurements.Row row : answer.rows()) {
            out.append("<row>");
            element(out, "t", Long.toString(row.time()));
            for (float value : row.values()) {
                element(out, "v", text(value));
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

    private static String text(float value) {
        return Float.isNaN(value) ? "NaN" : Float.isInfinite(value) ? "Infinity" : Double.toString(value);
    }
}
