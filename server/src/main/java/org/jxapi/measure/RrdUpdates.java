package org.jxapi.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Answers to questions at /rrd_updates: values of many owners since a time, in rrdtool's xport format. */
public final class RrdUpdates {
    private RrdUpdates() {}

    /**
     * A question.
     *
     * @param start seconds since 1970; a negative number counts back from the newest values
     * @param interval the least number of seconds between two values
     * @param function how values are consolidated; by all functions that are kept when empty
     * @param owners of whom
     */
    public record Question(long start, long interval, Optional<Consolidation> function, Predicate<Owner> owners) {}

    /**
     * The answer: values by time, the newest first, in the order of the legend.
     *
     * @param legend {@code FUNCTION:vm:UUID:name} and the like
     */
    public record Answer(long start, long step, long end, List<String> legend, List<Line> lines) {}

    /** The values of one moment, in seconds since 1970; NaN for an unknown one. */
    public record Line(long time, double[] values) {}

    private record Column(String name, Archive archive) {}

    /** @param asked the measurements that are asked for, by the beginning of their sources' names */
    static Answer answer(Question question, Map<String, Rrd> asked) {
        if (asked.isEmpty()) {
            throw new NoArchiveException();
        }
        long start = Long.MAX_VALUE;
        for (Rrd rrd : asked.values()) {
            start = Math.min(start, question.start() < 0 ? question.start() + (long) rrd.updated() : question.start());
        }
        Shape times = null;
        List<Column> columns = new ArrayList<>();
        for (Map.Entry<String, Rrd> entry : asked.entrySet()) {
            Rrd rrd = entry.getValue();
            for (int i : rrd.best(question.interval(), question.function(), start)) {
                Shape shape = rrd.shapes().get(i);
                times = times == null ? shape : times;
                if (shape.sameTimes(times)) {
                    String prefix = shape.function() + ":" + entry.getKey();
                    rrd.series()
                            .forEach(series -> columns.add(new Column(
                                    prefix + series.source().name(),
                                    series.archives().get(i))));
                }
            }
        }
        if (times == null) {
            throw new NoArchiveException();
        }
        double updated = asked.values().iterator().next().updated();
        return answer(start, times, (long) Math.floor(updated / times.seconds()), columns);
    }

    private static Answer answer(long start, Shape times, long last, List<Column> columns) {
        long seconds = times.seconds();
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < times.rows() && (last - i) * seconds >= start; i++) {
            double[] values = new double[columns.size()];
            for (int n = 0; n < values.length; n++) {
                values[n] = columns.get(n).archive().at(last - i);
            }
            lines.add(new Line((last - i) * seconds, values));
        }
        List<String> legend = columns.stream().map(Column::name).toList();
        long first = Math.floorDiv(start, seconds) * seconds + seconds;
        return new Answer(first, seconds, last * seconds, legend, lines);
    }

    /** All values are text, numbers too. */
    public static String json(Answer answer) {
        JsonText out = new JsonText();
        out.open('{').name("meta").open('{');
        out.member("start", answer.start());
        out.member("step", answer.step());
        out.member("end", answer.end());
        out.member("rows", answer.lines().size());
        out.member("columns", answer.legend().size());
        out.name("legend").open('[');
        answer.legend().forEach(out::text);
        out.close(']').close('}');
        out.name("data").open('[');
        for (Line line : answer.lines()) {
            out.open('{').member("t", line.time()).name("values").open('[');
            for (double value : line.values()) {
                out.text(Numbers.text(value));
            }
            out.close(']').close('}');
        }
        return out.close(']').close('}').toString();
    }

    public static String xml(Answer answer) {
        XmlText out = new XmlText();
        out.open("xport").open("meta");
        out.element("start", answer.start());
        out.element("step", answer.step());
        out.element("end", answer.end());
        out.element("rows", answer.lines().size());
        out.element("columns", answer.legend().size());
        out.open("legend");
        answer.legend().forEach(name -> out.element("entry", name));
        out.close("legend").close("meta").open("data");
        for (Line line : answer.lines()) {
            out.open("row").element("t", line.time());
            for (double value : line.values()) {
                out.element("v", Numbers.text(value));
            }
            out.close("row");
        }
        return out.close("data").close("xport").toString();
    }
}
