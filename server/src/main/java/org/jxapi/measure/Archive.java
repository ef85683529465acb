package org.jxapi.measure;

/** The values of one data source in rows of equal length, and the row that is under way. */
final class Archive {
    private final Shape shape;
    private final Ring rows;
    private final double empty;
    /** The consolidated value of the row's known steps so far. */
    private double value;
    /** How many steps of the row are unknown. */
    private int unknown;

    /**
     * @param source the limits of its values
     * @param begun the steps of the row under way that are over: they are unknown
     */
    Archive(Shape shape, Source source, int begun) {
        this.shape = shape;
        this.rows = new Ring(shape.rows());
        double first = switch (shape.function()) {
            case AVERAGE -> 0;
            case MIN -> Double.POSITIVE_INFINITY;
            case MAX -> Double.NEGATIVE_INFINITY;
            case LAST -> Double.NaN;
        };
        this.empty = Math.min(source.max(), Math.max(source.min(), first));
        this.value = empty;
        this.unknown = begun;
    }

    private Archive(Archive other) {
        this.shape = other.shape;
        this.rows = other.rows.copy();
        this.empty = other.empty;
        this.value = other.value;
        this.unknown = other.unknown;
    }

    Archive copy() {
        return new Archive(this);
    }

    Shape shape() {
        return shape;
    }

    double value() {
        return value;
    }

    int unknown() {
        return unknown;
    }

    /** Sets the row under way, as a file has it. */
    void resume(double partial, int unknownSteps) {
        value = partial;
        unknown = Math.max(0, Math.min(shape.steps(), unknownSteps));
    }

    /** Sets a row that is over, as a file has it. */
    void row(long row, double rowValue) {
        rows.put(row, rowValue);
    }

    /** The value of a row; NaN when it is not known. */
    double at(long row) {
        return rows.at(row);
    }

    /**
     * Takes a value that holds for some steps.
     *
     * @param before the number of the last step that is over, counted from 1970
     */
    void take(long before, long steps, double stepValue) {
        long left = shape.steps() - before % shape.steps();
        if (steps < left) {
            add((int) steps, stepValue);
            return;
        }
        add((int) left, stepValue);
        long row = (before + left) / shape.steps();
        rows.put(row, finished());
        long whole = (steps - left) / shape.steps();
        for (long next = Math.max(1, whole - shape.rows() + 1); next <= whole; next++) {
            rows.put(row + next, stepValue);
        }
        value = empty;
        unknown = 0;
        add((int) ((steps - left) % shape.steps()), stepValue);
    }

    private double finished() {
        int limit = (int) (shape.unknownLimit() * shape.steps());
        return unknown == shape.steps() || unknown > limit ? Double.NaN : value;
    }

    private void add(int steps, double stepValue) {
        if (steps == 0) {
            return;
        }
        int known = shape.steps() - unknown;
        if (Double.isNaN(stepValue)) {
            if (shape.function() == Consolidation.AVERAGE && known > steps) {
                value = value * known / (known - steps);
            }
            unknown += steps;
            return;
        }
        value = switch (shape.function()) {
            case AVERAGE -> value + stepValue * steps / known;
            case MIN -> Math.min(value, stepValue);
            case MAX -> Math.max(value, stepValue);
            case LAST -> stepValue;
        };
    }
}
