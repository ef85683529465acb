package org.jxapi.measure;

import java.util.Arrays;

/** The newest values of a number at equal times, counted in steps. It takes memory for those that are there. */
final class Ring {
    private static final int SMALL = 8;

    private final int most;
    private double[] values = new double[0];
    private long newest;
    private int size;

    /** @param most how many values it keeps */
    Ring(int most) {
        this.most = most;
    }

    Ring copy() {
        Ring copy = new Ring(most);
        copy.values = values.clone();
        copy.newest = newest;
        copy.size = size;
        return copy;
    }

    /** Sets the value of the newest step, or of one that is still kept; steps that were left out are unknown. */
    void put(long step, double value) {
        if (size > 0 && step <= newest) {
            if (newest - step < size) {
                values[(int) (step % values.length)] = value;
            }
            return;
        }
        long missed = size == 0 ? 0 : Math.min(most, step - newest - 1);
        for (long between = step - missed; between < step; between++) {
            add(between, Double.NaN);
        }
        add(step, value);
    }

    private void add(long step, double value) {
        size = Math.min(most, size + 1);
        if (size > values.length) {
            grow();
        }
        values[(int) (step % values.length)] = value;
        newest = step;
    }

    private void grow() {
        double[] larger = new double[Math.min(most, Math.max(SMALL, 2 * values.length))];
        Arrays.fill(larger, Double.NaN);
        for (int age = 0; age < values.length; age++) {
            long step = newest - age;
            larger[(int) (step % larger.length)] = values[(int) (step % values.length)];
        }
        values = larger;
    }

    /** The value of a step; NaN when it is not known. */
    double at(long step) {
        long age = newest - step;
        return age < 0 || age >= size ? Double.NaN : values[(int) (step % values.length)];
    }
}
