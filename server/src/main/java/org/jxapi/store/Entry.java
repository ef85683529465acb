package org.jxapi.store;

import java.util.List;

/**
 * The effects of one transaction. Applying them to the state before gives the state after, on every replica: no closure,
 * clock or random number is needed, because the transaction has been executed before.
 *
 * @param term the term of the coordinator that executed the transaction; 0 on a host without a pool
 * @param first the number of its first change; the state before has the number {@code first - 1}
 * @param last the number of its last change, which is the number of the state after
 * @param effects one per object, by number
 */
record Entry(long term, long first, long last, List<Effect> effects) {
    Entry {
        effects = List.copyOf(effects);
        if (term < 0 || first < 1 || last < first || effects.isEmpty()) {
            throw new IllegalArgumentException("not an entry: term " + term + ", changes " + first + " to " + last
                    + ", " + effects.size() + " effects");
        }
        long before = first - 1;
        for (Effect effect : effects) {
            if (effect.number() <= before) {
                throw new IllegalArgumentException(
                        "entry " + first + " to " + last + ": change " + effect.number() + " follows change " + before);
            }
            before = effect.number();
        }
        if (before != last) {
            throw new IllegalArgumentException(
                    "entry " + first + " to " + last + ": its last effect is change " + before);
        }
    }
}
