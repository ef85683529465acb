package org.jxapi.harness;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The operations of clients on a field at the same time, and whether there is one order in which each of them can have got its
 * answer: whether the history is linearizable. All values that are written differ.
 *
 * <p>The operations on a value, its write and its reads, must fit together in that order. Gibbons and Korach, "Testing Shared
 * Memories" (1997), show that this needs a look at pairs of values only.
 */
public final class RegisterHistory {
    private static final long UNKNOWN = Long.MAX_VALUE;

    private final Map<String, Value> values = new HashMap<>();

    /** @param initial the value before the first operation */
    public RegisterHistory(String initial) {
        begin(initial, Long.MIN_VALUE);
        value(initial).add(Long.MIN_VALUE, Long.MIN_VALUE);
    }

    /** The operations on a value. */
    private static final class Value {
        final String name;
        /** When its write began; at the end of time as long as there is none. */
        long written = UNKNOWN;

        long firstEnd = UNKNOWN;
        long lastBegin = Long.MIN_VALUE;
        /** The operations in words, for people. */
        final List<String> operations = new ArrayList<>();

        Value(String name) {
            this.name = name;
        }

        void tell(String what, long begin, long end) {
            operations.add(String.format("%s: %s from %,d to %,d", name, what, begin, end));
        }

        void add(long begin, long end) {
            firstEnd = Math.min(firstEnd, end);
            lastBegin = Math.max(lastBegin, begin);
        }

        /** Whether it was there before and after some moment, at which no other value can have been there. */
        boolean lasted() {
            return firstEnd < lastBegin;
        }
    }

    private Value value(String name) {
        return values.computeIfAbsent(name, Value::new);
    }

    /** A client begins to write a value. Until it has an answer, the write may take effect at any time, or never. */
    public synchronized void begin(String value, long begin) {
        Value written = value(value);
        written.written = begin;
        written.add(begin, UNKNOWN);
    }

    /**
     * The write was acknowledged.
     *
     * @param by whom, for people
     */
    public synchronized void acknowledged(String value, long end, String by) {
        Value written = value(value);
        written.add(Long.MIN_VALUE, end);
        written.tell("written at " + by, written.written, end);
    }

    /** The write was refused, and must have no effect. */
    public synchronized void refused(String value) {
        value(value).written = UNKNOWN;
    }

    /**
     * A read, and its answer.
     *
     * @param by whose answer it is, for people
     */
    public synchronized void read(String value, long begin, long end, String by) {
        Value read = value(value);
        read.add(begin, end);
        read.tell("read at " + by, begin, end);
    }

    private static String told(String fault, Value... values) {
        StringBuilder text = new StringBuilder(fault);
        for (Value value : values) {
            value.operations.forEach(operation -> text.append('\n').append(operation));
        }
        return text.toString();
    }

    /** Why the history has no such order, and in further lines the operations on these values; empty if it has one. */
    public synchronized Optional<String> fault() {
        List<Value> all = new ArrayList<>(values.values());
        // A value that no answer has confirmed may never have been there.
        all.removeIf(value -> value.firstEnd == UNKNOWN);
        for (Value value : all) {
            if (value.firstEnd < value.written) {
                return Optional.of(told(value.name + " was read before it was written", value));
            }
        }
        List<Value> lasting = new ArrayList<>(all);
        lasting.removeIf(value -> !value.lasted());
        lasting.sort(Comparator.comparingLong(value -> value.firstEnd));
        for (int i = 1; i < lasting.size(); i++) {
            Value before = lasting.get(i - 1);
            if (lasting.get(i).firstEnd < before.lastBegin) {
                Value next = lasting.get(i);
                return Optional.of(
                        told(before.name + " was there, then " + next.name + ", then " + before.name, before, next));
            }
        }
        for (Value value : all) {
            for (Value around : lasting) {
                if (!value.lasted() && around.firstEnd < value.lastBegin && value.firstEnd < around.lastBegin) {
                    return Optional.of(told(around.name + " was there before and after " + value.name, around, value));
                }
            }
        }
        return Optional.empty();
    }
}
