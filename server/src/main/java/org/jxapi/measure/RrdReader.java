package org.jxapi.measure;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jxapi.xml.SafeXml;

/**
 * Reads a round-robin database from its XML form, of a file or a client. It accepts the archives that jxapid and XAPI make,
 * allocates nothing by a size that the document gives, and fails with IOException for anything else.
 */
public final class RrdReader {
    private static final int MOST_SOURCES = 4096;
    private static final int LONGEST_TEXT = 1024;
    private static final XMLInputFactory FACTORY = SafeXml.factory();

    private final XMLStreamReader xml;
    private final List<Source> sources = new ArrayList<>();
    private final List<double[]> steps = new ArrayList<>();
    private final List<Shape> shapes = new ArrayList<>();
    private final List<List<double[]>> rows = new ArrayList<>();
    private final List<List<double[]>> partial = new ArrayList<>();
    private double updated;

    private RrdReader(XMLStreamReader xml) {
        this.xml = xml;
    }

    /** Reads a document to its end. */
    public static Rrd read(InputStream in) throws IOException {
        try {
            XMLStreamReader xml = FACTORY.createXMLStreamReader(in, "UTF-8");
            return new RrdReader(xml).document();
        } catch (XMLStreamException | RuntimeException e) {
            throw new IOException("it is no RRD: " + e.getMessage(), e);
        }
    }

    private Rrd document() throws XMLStreamException, IOException {
        xml.nextTag();
        xml.require(XMLStreamConstants.START_ELEMENT, null, "rrd");
        children("rrd", name -> {
            switch (name) {
                case "step" -> require(number() == Steps.SECONDS, "its step is not " + Steps.SECONDS);
                case "lastupdate" -> updated = number();
                case "ds" -> source();
                case "rra" -> archive();
                default -> skip();
            }
        });
        require(!shapes.isEmpty(), "it has no archive");
        return build();
    }

    private void source() throws XMLStreamException, IOException {
        require(sources.size() < MOST_SOURCES, "it has too many sources");
        SourceFields fields = new SourceFields();
        children("ds", name -> {
            switch (name) {
                case "name" -> fields.name = text();
                case "type" -> fields.type = text();
                case "min" -> fields.min = number();
                case "max" -> fields.max = number();
                case "last_ds" -> fields.last = text();
                case "value" -> fields.value = number();
                case "unknown_sec" -> fields.unknown = number();
                case "last_updated" -> fields.updated = number();
                default -> skip();
            }
        });
        sources.add(fields.source());
        double at = Double.isNaN(fields.updated) ? updated : fields.updated;
        steps.add(new double[] {fields.lastRaw(), fields.value, fields.unknown, at});
    }

    private void archive() throws XMLStreamException, IOException {
        require(shapes.size() < Shape.EXTREMES.size(), "it has too many archives");
        ArchiveFields fields = new ArchiveFields();
        children("rra", name -> {
            switch (name) {
                case "cf" -> fields.function = text();
                case "pdp_per_row" -> fields.steps = number();
                case "params" -> children("params", inner -> fields.limit = number());
                case "cdp_prep" -> children("cdp_prep", inner -> fields.partial.add(partial(fields.partial.size())));
                case "database" -> children("database", inner -> fields.rows.add(row(fields.rows.size())));
                default -> skip();
            }
        });
        Consolidation function = Consolidation.named(fields.function)
                .orElseThrow(() -> new IOException("it is no RRD: no function " + fields.function));
        int length = (int) fields.steps;
        require(length >= 1, "its rows have no length");
        int count = Shape.EXTREMES.stream()
                .filter(known -> known.steps() == length)
                .mapToInt(Shape::rows)
                .findFirst()
                .orElseThrow(() -> new IOException("it is no RRD of XAPI's archives: rows of " + length + " steps"));
        shapes.add(new Shape(function, count, length, fields.limit));
        partial.add(fields.partial);
        rows.add(fields.rows);
    }

    private double[] partial(int number) throws XMLStreamException, IOException {
        require(number < sources.size(), "it has more values than sources");
        double[] values = new double[2];
        children("ds", name -> {
            switch (name) {
                case "value" -> values[0] = number();
                case "unknown_datapoints" -> values[1] = number();
                default -> skip();
            }
        });
        return values;
    }

    private double[] row(int number) throws XMLStreamException, IOException {
        require(number < MOST_SOURCES, "it has too many rows");
        double[] values = new double[sources.size()];
        int[] column = {0};
        children("row", name -> {
            require(column[0] < values.length, "it has more values than sources");
            values[column[0]++] = number();
        });
        require(column[0] == values.length, "a row lacks values");
        return values;
    }

    private Rrd build() throws IOException {
        require(Double.isFinite(updated) && updated >= 0, "it has no time");
        Rrd rrd = new Rrd(shapes);
        double newest = updated;
        for (int s = 0; s < sources.size(); s++) {
            Series series = new Series(sources.get(s), shapes, updated);
            double[] step = steps.get(s);
            series.resume(step[0], step[1], step[2], step[3]);
            for (int a = 0; a < shapes.size(); a++) {
                Archive archive = series.archives().get(a);
                if (s < partial.get(a).size()) {
                    double[] under = partial.get(a).get(s);
                    archive.resume(under[0], (int) under[1]);
                }
                fill(
                        archive,
                        s,
                        rows.get(a),
                        Steps.over(updated) / shapes.get(a).steps());
            }
            rrd.add(series);
            // The time of the whole is cut to seconds.
            newest = step[3] < updated + 1 ? Math.max(newest, step[3]) : newest;
        }
        rrd.updated(newest);
        return rrd;
    }

    private static void fill(Archive archive, int column, List<double[]> rows, long last) {
        for (int i = 0; i < rows.size(); i++) {
            double value = rows.get(i)[column];
            if (!Double.isNaN(value)) {
                archive.row(last - rows.size() + 1 + i, value);
            }
        }
    }

    /** Work on one child, which it reads to its end. */
    private interface Child {
        void read(String name) throws XMLStreamException, IOException;
    }

    private void children(String parent, Child child) throws XMLStreamException, IOException {
        while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
            child.read(xml.getLocalName());
        }
        xml.require(XMLStreamConstants.END_ELEMENT, null, parent);
    }

    private void skip() throws XMLStreamException {
        int depth = 1;
        while (depth > 0) {
            int next = xml.next();
            depth += next == XMLStreamConstants.START_ELEMENT ? 1 : next == XMLStreamConstants.END_ELEMENT ? -1 : 0;
        }
    }

    private String text() throws XMLStreamException, IOException {
        String text = xml.getElementText();
        require(text.length() <= LONGEST_TEXT, "a text is too long");
        return text;
    }

    private double number() throws XMLStreamException, IOException {
        return number(text());
    }

    /** A number as C, OCaml and Java print it. */
    private static double number(String text) {
        return switch (text) {
            case "nan", "-nan", "NaN" -> Double.NaN;
            case "inf", "Infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private static void require(boolean holds, String otherwise) throws IOException {
        if (!holds) {
            throw new IOException("it is no RRD: " + otherwise);
        }
    }

    private static final class SourceFields {
        private String name = "";
        private String type = "";
        private double min = Double.NEGATIVE_INFINITY;
        private double max = Double.POSITIVE_INFINITY;
        private String last = "0.0";
        private double value;
        private double unknown;
        private double updated = Double.NaN;

        Source source() throws IOException {
            require(!name.isEmpty(), "a source has no name");
            DataType known = DataType.named(type).orElseThrow(() -> new IOException("it is no RRD: no type " + type));
            return new Source(name, "", "", known, min, max, false, false, last.matches("-?\\d+"));
        }

        /** An unknown value is written as {@code 0.0}. */
        double lastRaw() {
            return last.equals("0.0") || last.isEmpty() ? Double.NaN : number(last);
        }
    }

    private static final class ArchiveFields {
        private String function = "";
        private double steps;
        private double limit = 1;
        private final List<double[]> partial = new ArrayList<>();
        private final List<double[]> rows = new ArrayList<>();
    }
}
