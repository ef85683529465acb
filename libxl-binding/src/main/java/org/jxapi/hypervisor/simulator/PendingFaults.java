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
     * @param delay how long the call takes before the fault
     */
    public record Terms(long times, double probability, Duration delay) {
        /** On the next occasion. */
        static final Terms NEXT = new Terms(1, 1, Duration.ZERO);
    }

    /**
     * A fault that is to come.
     *
     * @param left how often it can happen yet
     * @param probability of each occasion that it happens
     * @param delay before it happens
     */
    public record Rule<F>(F fault, long left, double probability, Duration delay) {
        private Rule<F> used() {
            return left == ALWAYS ? this : new Rule<>(fault, left - 1, probability, delay);
        }
    }

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
        rules.add(new Rule<>(fault, terms.times(), terms.probability(), terms.delay()));
    }

    /** The first rule that is meant, and happens now; null for none. */
    public synchronized @Nullable Rule<F> take(Predicate<F> meant) {
        for (int i = 0; i < rules.size(); i++) {
            Rule<F> rule = rules.get(i);
            if (!meant.test(rule.fault()) || rule.probability() < 1 && random.nextDouble() >= rule.probability()) {
                continue;
            }
            Rule<F> rest = rule.used();
            if (rest.left() == 0) {
                rules.remove(i);
            } else {
                rules.set(i, rest);
            }
            return rule;
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
