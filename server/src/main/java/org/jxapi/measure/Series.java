package org.jxapi.measure;

/** One number over time, in archives of longer and longer steps, and how the values within a step are put together. */
final class Series {
    /** Of one archive: what the step that is under way has brought, and the steps that are over. */
    private static final class Archive {
        private final Ring[] rings;
        private double sum;
        private double min;
        private double max;
        private double last;
        private int count;

        /** @param single whether a step is as long as the time between two values, which makes all functions one */
        Archive(int rows, boolean single) {
            rings = new Ring[Consolidation.values().length];
            Ring shared = new Ring(rows);
            for (int i = 0; i < rings.length; i++) {
                rings[i] = single ? shared : new Ring(rows);
            }
        }

        void take(double value) {
            min = count == 0 ? value : Math.min(min, value);
            max = count == 0 ? value : Math.max(max, value);
            sum += value;
            last = value;
            count++;
        }

        void end(long step) {
            put(Consolidation.AVERAGE, step, sum / count);
            if (rings[Consolidation.MIN.ordinal()] != rings[Consolidation.AVERAGE.ordinal()]) {
                put(Consolidation.MIN, step, min);
                put(Consolidation.MAX, step, max);
                put(Consolidation.LAST, step, last);
            }
            sum = 0;
            count = 0;
        }

        private void put(Consolidation function, long step, double value) {
            rings[function.ordinal()].put(step, count == 0 ? Double.NaN : value);
        }
    }

    private final Archive[] archives;

    /** @param rows how many steps each archive keeps; the first one's steps bring one value each */
    Series(int... rows) {
        archives = new Archive[rows.length];
        for (int i = 0; i < rows.length; i++) {
            archives[i] = new Archive(rows[i], i == 0);
        }
    }

    /** A value within the step that is under way. */
    void take(int archive, double value) {
        archives[archive].take(value);
    }

    /** That step of an archive is over. */
    void end(int archive, long step) {
        archives[archive].end(step);
    }

    /** The value of a step of an archive, or NaN if it is not known. */
    double at(int archive, Consolidation function, long step) {
        return archives[archive].rings[function.ordinal()].at(step);
    }
}
