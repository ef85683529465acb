package org.jxapi.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.simulator.Faults;
import org.jxapi.hypervisor.simulator.OrderFields;

/**
 * Faults that are to come, each for so many times and with a probability.
 *
 * @param <F> what goes wrong
 */
final class PendingFaults<F> {
    /** More faults than any test needs. */
    private static final int MOST = 1000;

    /**
     * @param left how often it can happen yet
     * @param probability of each occasion that it happens
     * @param delay before it happens
     */
    record Rule<F>(F fault, long left, double probability, Duration delay) {
        private Rule<F> used() {
            return left == Faults.Occasion.ALWAYS ? this : new Rule<>(fault, left - 1, probability, delay);
        }
    }

    private final Random random;
    private final List<Rule<F>> rules = new ArrayList<>();

    /** @param random decides on rules that have a probability */
    PendingFaults(Random random) {
        this.random = random;
    }

    /** Adds a fault, with times, probability and delay_ms of an order. */
    synchronized void add(F fault, OrderFields order) {
        if (rules.size() >= MOST) {
            throw new IllegalArgumentException("there are " + MOST + " faults to come already; clear them first");
        }
        rules.add(new Rule<>(fault, order.times(), order.probability(), Duration.ofMillis(order.delayMs())));
    }

    /** The first rule that is meant, and happens now; null for none. */
    synchronized @Nullable Rule<F> take(Predicate<F> meant) {
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

    synchronized List<Rule<F>> all() {
        return List.copyOf(rules);
    }

    synchronized void clear() {
        rules.clear();
    }
}
