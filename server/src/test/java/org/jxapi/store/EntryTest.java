package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    void anEmptyReplicaThatAppliesAllEntriesHasTheSameState(@ForAll @Size(min = 1, max = 20) List<Long> seeds) {
        Run run = Run.of(seeds);
        assertThat(applied(State.EMPTY, run.entries())).isEqualTo(run.state());
    }

    @Property(tries = 100)
    void entriesSurviveTheirEncoding(@ForAll @Size(min = 1, max = 20) List<Long> seeds) {
        Run run = Run.of(seeds);
        List<Entry> decoded = EntryCodec.decode(EntryCodec.encode(run.entries()));
        assertThat(decoded).isEqualTo(run.entries());
        assertThat(EntryCodec.encode(decoded)).isEqualTo(EntryCodec.encode(run.entries()));
        assertThat(applied(State.EMPTY, decoded)).isEqualTo(run.state());
    }

    private static State applied(State base, List<Entry> entries) {
        State state = base;
        for (Entry entry : entries) {
            state = Applied.of(state, entry).state();
        }
        return state;
    }

    private static Entry entry(State base, java.util.function.Consumer<Transaction> work) {
        StateTransaction tx = new StateTransaction(base);
        work.accept(tx);
        return tx.entry(0).orElseThrow();
    }

    @Test
    void anEntryNamesTheOtherEndOfARelationToo() {
        Ref<Network> network = Network.XEN_CLASS.freshRef();
        State state = applied(State.EMPTY, List.of(entry(State.EMPTY, tx -> tx.create(network, NETWORK))));
        Ref<VIF> vif = VIF.XEN_CLASS.freshRef();
        Entry entry = entry(state, tx -> tx.create(vif, Row.of(VIF.XEN_CLASS).with(VIF.NETWORK, network)));
        assertThat(entry.effects()).extracting(Effect::ref).containsExactly(vif, network);
        assertThat(Applied.of(state, entry).state().get(network, Network.VIFS)).containsExactly(vif);
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
        Entry first = entry(State.EMPTY, tx -> tx.create(NETWORK));
        State state = applied(State.EMPTY, List.of(first));
        Entry second = entry(state, tx -> tx.create(NETWORK));
        assertThatThrownBy(() -> Applied.of(state, first)).hasMessageContaining("the state is that of change 1");
        assertThatThrownBy(() -> Applied.of(State.EMPTY, second)).hasMessageContaining("the state is that of change 0");
        assertThat(Applied.of(state, second).state().count(Network.XEN_CLASS)).isEqualTo(2);
    }

    @Test
    void anEntryOfAnObjectThatIsNotThereIsRefused() {
        Ref<Network> network = Network.XEN_CLASS.freshRef();
        State state = applied(State.EMPTY, List.of(entry(State.EMPTY, tx -> tx.create(network, NETWORK))));
        Entry removal = entry(state, tx -> tx.destroy(network));
        State other = applied(State.EMPTY, List.of(entry(State.EMPTY, tx -> tx.create(NETWORK))));
        assertThatThrownBy(() -> Applied.of(other, removal))
                .hasMessage("change 2 is of a network that does not exist: " + network);
    }
}
