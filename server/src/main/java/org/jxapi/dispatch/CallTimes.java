package org.jxapi.dispatch;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.xenapi.XenModel;

/** How long the calls of each message have taken since the start. As in XAPI, times are taken as lognormal. */
public final class CallTimes {
    private static final double NANOS = 1e9;

    /** Only messages that exist: a client chooses the names of its calls. */
    private final Map<String, Population> populations = new ConcurrentHashMap<>();

    /** Nothing was measured yet. */
    public CallTimes() {
        for (ClassModel<?> model : XenModel.CLASSES) {
            for (MessageModel message : model.messages()) {
                populations.put(message.fullName(), new Population());
            }
        }
    }

    /** Counts a call that has ended. Calls under other names than those of messages are left out. */
    public void add(String method, long nanos) {
        Population population = populations.get(method);
        if (population != null) {
            population.add(Math.log(Math.max(1, nanos) / NANOS));
        }
    }

    /**
     * The mean time and the standard deviation, in seconds, by message.
     *
     * @param counts whether to name the number of calls too
     */
    public Map<String, String> summary(boolean counts) {
        Map<String, String> summary = new TreeMap<>();
        populations.forEach((name, population) -> {
            String text = population.text(counts);
            if (!text.isEmpty()) {
                summary.put(name, text);
            }
        });
        return summary;
    }

    /** Logarithms of times. */
    private static final class Population {
        private double sum;
        private double squares;
        private long count;

        synchronized void add(double value) {
            sum += value;
            squares += value * value;
            count++;
        }

        /** Empty if there were none. */
        synchronized String text(boolean counts) {
            if (count == 0) {
                return "";
            }
            double mu = sum / count;
            // A difference of rounded numbers may be less than 0.
            double variance = Math.max(0, squares / count - mu * mu);
            double mean = Math.exp(mu + variance / 2);
            double deviation = Math.sqrt((Math.exp(variance) - 1) * Math.exp(2 * mu + variance));
            return counts
                    ? String.format(Locale.ROOT, "%f [sd = %f, n=%d]", mean, deviation, count)
                    : String.format(Locale.ROOT, "%f [sd = %f]", mean, deviation);
        }
    }
}
