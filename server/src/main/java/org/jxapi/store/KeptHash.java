package org.jxapi.store;

import java.util.Optional;

/**
 * The hash of the state as the database keeps it, with the seal of the change log.
 *
 * @param number the last change that the database had when it was written
 * @param hash {@link StateHash#kept}
 * @param version {@link StateHash#VERSION} of the jxapid that has written it
 */
record KeptHash(long number, long hash, int version) {
    static KeptHash of(long number, StateHash hash) {
        return new KeptHash(number, hash.kept(), StateHash.VERSION);
    }

    /** The difference between the state that was written and the one that was read, in one line; empty if there is none. */
    Optional<String> difference(StateHash read) {
        if (version != StateHash.VERSION || hash == read.kept()) {
            return Optional.empty();
        }
        return Optional.of(
                "the state after change " + number + " had the hash " + Long.toHexString(hash)
                        + ", but the database has one with the hash " + Long.toHexString(read.kept())
                        + ": objects differ from the acknowledged ones, see \"Damage to the database\" in the operator's guide");
    }
}
