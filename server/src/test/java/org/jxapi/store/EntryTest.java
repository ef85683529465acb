package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VIF;

/** Entries carry all that transactions did: other replicas apply them and have the same state. */
class EntryTest {
    private static final Row<Network> NETWORK = Row.of(Network.XEN_CLASS);

    /** A run of transactions: the state that they led to, and their entries. */
    record Run(State state, List<Entry> entries) {
        static Run of(List<Long> seeds) {
            State state = State.EMPTY;
            List<Entry> entries = new ArrayList<>();
            for (long seed : seeds) {
                StateTransaction tx = new StateTransaction(state);
                RandomTransaction.run(seed, tx);
                Optional<Entry> entry = tx.entry(3);
                if (entry.isPresent()) {
                    state = tx.state().at(entry.get().last());
                    entries.add(entry.get());
                }
            }
            return new Run(state, entries);
        }
    }

    @Property(tries = 100)
    void anEmptyReplicaThatAppliesAllEntriesHasTheSameStateAndHash(@ForAll @Size(min = 1, max = 20) List<Long> seeds) {
        Run run = Run.of(seeds);
        HashedState replica = applied(HashedState.EMPTY, run.entries());
        assertThat(replica.state()).isEqualTo(run.state());
        assertThat(replica.hash()).isEqualTo(StateHash.of(run.state()));
    }

    @Property(tries = 100)
    void entriesSurviveTheirEncoding(@ForAll @Size(min = 1, max = 20) List<Long> seeds) {
        Run run = Run.of(seeds);
        // Some runs change nothing, and a group has an entry.
        Assume.that(!run.entries().isEmpty());
        Group group = new Group(run.entries(), null);
        Group decoded = EntryCodec.decode(EntryCodec.encode(group));
        assertThat(decoded).isEqualTo(group);
        assertThat(EntryCodec.encode(decoded)).isEqualTo(EntryCodec.encode(group));
        assertThat(applied(HashedState.EMPTY, decoded.entries())).isEqualTo(applied(HashedState.EMPTY, run.entries()));
    }

    private static HashedState applied(HashedState base, List<Entry> entries) {
        HashedState state = base;
        for (Entry entry : entries) {
            state = Applied.of(state, entry).after();
        }
        return state;
    }

    private static Entry entry(HashedState base, Consumer<Transaction> work) {
        StateTransaction tx = new StateTransaction(base.state());
        work.accept(tx);
        return tx.entry(0).orElseThrow();
    }

    /** The state after one transaction on an empty one. */
    private static HashedState after(Consumer<Transaction> work) {
        return applied(HashedState.EMPTY, List.of(entry(HashedState.EMPTY, work)));
    }

    @Test
    void anEntryNamesTheOtherEndOfARelationToo() {
        Ref<Network> network = Network.XEN_CLASS.freshRef();
        HashedState base = after(tx -> tx.create(network, NETWORK));
        Ref<VIF> vif = VIF.XEN_CLASS.freshRef();
        Entry entry = entry(base, tx -> tx.create(vif, Row.of(VIF.XEN_CLASS).with(VIF.NETWORK, network)));
        assertThat(entry.effects()).extracting(effect -> (Object) effect.ref()).containsExactly(vif, network);
        assertThat(Applied.of(base, entry).after().state().get(network, Network.VIFS))
                .containsExactly(vif);
    }

    @Test
    void anObjectThatComesAndGoesInOneTransactionIsInNoEntry() {
        StateTransaction tx = new StateTransaction(State.EMPTY);
        tx.destroy(tx.create(NETWORK));
        assertThat(tx.entry(0)).isEmpty();
    }

    /** Ratis replays from its snapshot, which is older than the last entry that a replica has applied. */
    @Test
    void noEntryIsAppliedTwiceOrAfterAGap() {
        Entry first = entry(HashedState.EMPTY, tx -> tx.create(NETWORK));
        HashedState one = applied(HashedState.EMPTY, List.of(first));
        Entry second = entry(one, tx -> tx.create(NETWORK));
        assertThatThrownBy(() -> Applied.of(one, first)).hasMessageContaining("the state is that of change 1");
        assertThatThrownBy(() -> Applied.of(HashedState.EMPTY, second))
                .hasMessageContaining("the state is that of change 0");
        assertThat(Applied.of(one, second).after().state().count(Network.XEN_CLASS))
                .isEqualTo(2);
    }

    @Test
    void anEntryOfAnObjectThatIsNotThereIsRefused() {
        Ref<Network> network = Network.XEN_CLASS.freshRef();
        Entry removal = entry(after(tx -> tx.create(network, NETWORK)), tx -> tx.destroy(network));
        HashedState other = after(tx -> tx.create(NETWORK));
        assertThatThrownBy(() -> Applied.of(other, removal))
                .hasMessage("change 2 is of a network that does not exist: " + network);
    }
}
