package org.jxapi.hypervisor.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Faults that are to come, each for so many times and with a probability.
 *
 * @param <F> what goes wrong
 */
public final class PendingFaults<F> {
    /** As many times as there are occasions. */
    public static final long ALWAYS = Long.MAX_VALUE;

    /** More faults than any test needs. */
    private static final int MOST = 1000;

    /**
     * When a fault happens.
     *
     * @param times how often it happens; {@link #ALWAYS} for no limit
     * @param probability of each occasion that it happens, above 0 and at most 1
     * @param delay how long the call takes before the fault, at least
     * @param longest how long it takes at most; chance decides
     */
    public record Terms(long times, double probability, Duration delay, Duration longest) {
        /** On the next occasion. */
        static final Terms NEXT = new Terms(1, 1, Duration.ZERO, Duration.ZERO);

        /** The delay of one occasion. */
        private Duration delay(Random random) {
            long range = longest.minus(delay).toMillis();
            return range <= 0 ? delay : delay.plusMillis(random.nextLong(range + 1));
        }
    }

    /**
     * A fault that is to come.
     *
     * @param terms when it can happen yet
     */
    public record Rule<F>(F fault, Terms terms) {
        private Rule<F> left(long times) {
            return new Rule<>(fault, new Terms(times, terms.probability, terms.delay, terms.longest));
        }
    }

    /**
     * A fault that happens now.
     *
     * @param delay before it happens
     */
    public record Due<F>(F fault, Duration delay) {}

    private final Random random;
    private final List<Rule<F>> rules = new ArrayList<>();

    /** @param random decides on rules that have a probability */
    public PendingFaults(Random random) {
        this.random = random;
    }

    public synchronized void add(F fault, Terms terms) {
        if (rules.size() >= MOST) {
            throw new IllegalArgumentException("there are " + MOST + " faults to come already; clear them first");
        }
        rules.add(new Rule<>(fault, terms));
    }

    /** The first fault that is meant, and happens now; null for none. */
    public synchronized @Nullable Due<F> take(Predicate<F> meant) {
        for (int i = 0; i < rules.size(); i++) {
            Rule<F> rule = rules.get(i);
            if (!meant.test(rule.fault())
                    || rule.terms().probability() < 1
                            && random.nextDouble() >= rule.terms().probability()) {
                continue;
            }
            long times = rule.terms().times();
            if (times == 1) {
                rules.remove(i);
            } else if (times != ALWAYS) {
                rules.set(i, rule.left(times - 1));
            }
            return new Due<>(rule.fault(), rule.terms().delay(random));
        }
        return null;
    }

    /** All faults, in the order in which they were added. */
    public synchronized List<Rule<F>> all() {
        return List.copyOf(rules);
    }

    synchronized void removeIf(Predicate<F> unwanted) {
        rules.removeIf(rule -> unwanted.test(rule.fault()));
    }

    public synchronized void clear() {
        rules.clear();
    }
}
