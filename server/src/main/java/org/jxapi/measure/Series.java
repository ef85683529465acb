package org.jxapi.measure;

import java.util.List;

/**
 * A data source over time. Raw values become steps of {@link Steps#SECONDS} seconds, by the rules of XAPI's type of the source,
 * and steps become rows of archives.
 */
final class Series {
    /** XAPI's minimal_heartbeat: after this many seconds without a value, the time between is unknown. */
    static final double HEARTBEAT = 300;

    /** Rates that exceed the maximum by this factor at most are measured a little too late, and count as the maximum. */
    private static final double TOLERANCE = 1.05;

    private Source source;
    private final List<Archive> archives;
    /** The last raw value; NaN when it is not known. */
    private double last = Double.NaN;
    /** The share of the step under way: of a rate the growth in it, else the value. */
    private double value;

    private double unknownSeconds;
    private double updated;

    /** One that begins at that time: all before is unknown. */
    Series(Source source, List<Shape> shapes, double now) {
        this.source = source;
        this.updated = now - Steps.SECONDS;
        long over = Steps.over(updated);
        this.unknownSeconds = updated - over * (double) Steps.SECONDS;
        this.archives = shapes.stream()
                .map(shape -> new Archive(shape, source, (int) (over % shape.steps())))
                .toList();
    }

    private Series(Series other) {
        this.source = other.source;
        this.archives = other.archives.stream().map(Archive::copy).toList();
        this.last = other.last;
        this.value = other.value;
        this.unknownSeconds = other.unknownSeconds;
        this.updated = other.updated;
    }

    Series copy() {
        return new Series(this);
    }

    Source source() {
        return source;
    }

    List<Archive> archives() {
        return archives;
    }

    double last() {
        return last;
    }

    double value() {
        return value;
    }

    double unknownSeconds() {
        return unknownSeconds;
    }

    double updated() {
        return updated;
    }

    /** Sets the step under way, as a file has it. */
    void resume(double lastRaw, double partial, double unknown, double at) {
        last = lastRaw;
        value = partial;
        unknownSeconds = unknown;
        updated = at;
    }

    /** Takes over what a live source says of itself, which a file does not have. */
    void describe(Source live) {
        source = live;
    }

    /** Forgets the last raw value, so that the growth to the next one is unknown. */
    void interrupt() {
        last = Double.NaN;
    }

    /**
     * Takes a raw value.
     *
     * @param restarted whether the counter has begun again at 0 since the last one
     */
    void take(double now, double raw, boolean restarted) {
        double elapsed = now - updated;
        double interval = elapsed <= 0 ? Steps.SECONDS : elapsed;
        long before = Steps.over(updated);
        long steps = Math.max(0, Steps.over(now) - before);
        double after = steps > 0 ? now - Steps.over(now) * (double) Steps.SECONDS : 0;
        double within = Math.max(0, interval - after);
        double growth = growth(raw, interval, restarted);
        last = raw;
        updated = now;
        if (Double.isNaN(growth)) {
            unknownSeconds += within;
        } else if (source.type() == DataType.DERIVE) {
            value += growth * within / interval;
        } else {
            value = growth;
        }
        if (steps == 0) {
            return;
        }
        double step = step(growth, interval, steps * (double) Steps.SECONDS);
        archives.forEach(archive -> archive.take(before, steps, step));
        boolean unknown = Double.isNaN(growth);
        unknownSeconds = unknown ? after : 0;
        if (unknown) {
            value = 0;
        } else {
            value = source.type() == DataType.DERIVE ? growth * after / interval : growth;
        }
    }

    /** The change that a raw value stands for; for a gauge the value itself. */
    private double growth(double raw, double interval, boolean restarted) {
        if (interval > HEARTBEAT) {
            return Double.NaN;
        }
        return switch (source.type()) {
            case GAUGE -> raw;
            case ABSOLUTE -> raw / interval;
            case DERIVE -> unlessBackwards(restarted ? raw : raw - last);
        };
    }

    /** A counter that goes back has begun again, and how far it was before is unknown. */
    private double unlessBackwards(double growth) {
        return growth < 0 && source.min() >= 0 ? Double.NaN : growth;
    }

    /** The value of the steps that are over now. */
    private double step(double growth, double interval, double seconds) {
        if (interval > HEARTBEAT || source.type() != DataType.DERIVE && Double.isNaN(growth)) {
            return Double.NaN;
        }
        double known = seconds - unknownSeconds;
        if (source.type() == DataType.DERIVE && known < Steps.SECONDS / 2.0) {
            return Double.NaN;
        }
        double raw = source.type() == DataType.DERIVE ? value / known : value;
        double result = source.inverse() ? 1 - raw : raw;
        if (source.type() == DataType.DERIVE && result > source.max() && result < source.max() * TOLERANCE) {
            return source.max();
        }
        return result < source.min() || result > source.max() ? Double.NaN : result;
    }
}
