package org.jxapi.measure;

/** A whole round-robin database as XAPI writes it (ocaml/libs/xapi-rrd/lib/rrd.ml). */
public final class RrdText {
    /** The version of the format. */
    private static final String VERSION = "0003";

    private RrdText() {}

    /**
     * @param archived whether each source also has the time of its last value, as in the files that XAPI keeps
     */
    public static String xml(Rrd rrd, boolean archived) {
        XmlText out = new XmlText();
        out.open("rrd").element("version", VERSION).element("step", Steps.SECONDS);
        out.element("lastupdate", (long) rrd.updated());
        for (Series series : rrd.series()) {
            source(out, series, archived);
        }
        for (int i = 0; i < rrd.shapes().size(); i++) {
            archive(out, rrd, i);
        }
        return out.close("rrd").toString();
    }

    private static void source(XmlText out, Series series, boolean archived) {
        Source source = series.source();
        out.open("ds")
                .element("name", source.name())
                .element("type", source.type().name());
        out.element("minimal_heartbeat", Numbers.text(Series.HEARTBEAT));
        out.element("min", Numbers.text(source.min())).element("max", Numbers.text(source.max()));
        out.element("last_ds", last(series)).element("value", Numbers.text(series.value()));
        out.element("unknown_sec", (long) series.unknownSeconds());
        if (archived) {
            out.element("last_updated", Numbers.text(series.updated()));
        }
        out.close("ds");
    }

    private static String last(Series series) {
        double last = series.last();
        if (Double.isNaN(last)) {
            return "0.0";
        }
        return series.source().whole() ? Long.toString((long) last) : Numbers.text(last);
    }

    private static void archive(XmlText out, Rrd rrd, int number) {
        Shape shape = rrd.shapes().get(number);
        out.open("rra").element("cf", shape.function().name()).element("pdp_per_row", shape.steps());
        out.open("params").element("xff", Numbers.text(shape.unknownLimit())).close("params");
        out.open("cdp_prep");
        for (Series series : rrd.series()) {
            Archive archive = series.archives().get(number);
            out.open("ds").element("primary_value", "0.0").element("secondary_value", "0.0");
            out.element("value", Numbers.text(archive.value()));
            out.element("unknown_datapoints", archive.unknown()).close("ds");
        }
        out.close("cdp_prep").open("database");
        long last = lastRow(rrd, shape);
        if (!rrd.series().isEmpty()) {
            for (long row = last - shape.rows() + 1; row <= last; row++) {
                out.open("row");
                for (Series series : rrd.series()) {
                    out.element("v", Numbers.text(series.archives().get(number).at(row)));
                }
                out.close("row");
            }
        }
        out.close("database").close("rra");
    }

    /** The newest row that is over. */
    static long lastRow(Rrd rrd, Shape shape) {
        return Steps.over(rrd.updated()) / shape.steps();
    }

    public static String json(Rrd rrd) {
        JsonText out = new JsonText();
        out.open('{').member("version", VERSION).member("step", Steps.SECONDS);
        out.member("lastupdate", Numbers.text(rrd.updated())).name("ds").open('[');
        for (Series series : rrd.series()) {
            Source source = series.source();
            out.open('{')
                    .member("name", source.name())
                    .member("type", source.type().name());
            out.member("minimal_heartbeat", Numbers.text(Series.HEARTBEAT));
            out.member("min", Numbers.text(source.min())).member("max", Numbers.text(source.max()));
            out.member("last_ds", last(series)).member("value", Numbers.text(series.value()));
            out.member("unknown_sec", Numbers.text(series.unknownSeconds()));
            out.member("last_updated", Numbers.text(series.updated())).close('}');
        }
        out.close(']').name("rra").open('[');
        for (int i = 0; i < rrd.shapes().size(); i++) {
            archive(out, rrd, i);
        }
        return out.close(']').close('}').toString();
    }

    private static void archive(JsonText out, Rrd rrd, int number) {
        Shape shape = rrd.shapes().get(number);
        out.open('{').member("cf", shape.function().name()).member("pdp_per_row", shape.steps());
        out.name("params")
                .open('{')
                .member("xff", Numbers.text(shape.unknownLimit()))
                .close('}');
        out.name("cdp_prep").open('{').name("ds").open('[');
        for (Series series : rrd.series()) {
            Archive archive = series.archives().get(number);
            out.open('{').member("primary_value", "0.0").member("secondary_value", "0.0");
            out.member("value", Numbers.text(archive.value()));
            out.member("unknown_datapoints", archive.unknown()).close('}');
        }
        out.close(']').close('}').name("database").open('[');
        long last = lastRow(rrd, shape);
        if (!rrd.series().isEmpty()) {
            for (long row = last - shape.rows() + 1; row <= last; row++) {
                out.open('[');
                for (Series series : rrd.series()) {
                    out.text(Numbers.text(series.archives().get(number).at(row)));
                }
                out.close(']');
            }
        }
        out.close(']').close('}');
    }
}
