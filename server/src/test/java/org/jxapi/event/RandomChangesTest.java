package org.jxapi.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.jxapi.datamodel.EventBatch;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Event;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VIF;

/**
 * Random transactions on networks and their VIFs, with restarts: the store has what plain maps have, and a client that
 * follows event.from has what the store has.
 */
class RandomChangesTest {
    private static final EventFilter ALL = EventFilter.of(List.of("*"));

    private Path folder;
    private Path fresh;

    enum Kind {
        ADD_NETWORK,
        RENAME_NETWORK,
        DESTROY_NETWORK,
        ADD_VIF,
        MOVE_VIF,
        DESTROY_VIF,
        COME_AND_GO
    }

    /** A change; the numbers choose objects and names. */
    record Change(Kind kind, int one, int other) {}

    /** Changes of one transaction. */
    record Step(List<Change> changes, boolean fails, boolean restart, boolean listens) {}

    @BeforeProperty
    void makeDatabase() throws IOException {
        folder = Files.createTempDirectory("random-changes");
        H2Store.open(folder.resolve("fresh")).close();
        fresh = folder.resolve("fresh/jxapi.mv.db");
    }

    @AfterProperty
    void removeDatabases() throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Change> change = Combinators.combine(
                        Arbitraries.of(Kind.class),
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.integers().between(0, 5))
                .as(Change::new);
        Arbitrary<Boolean> rarely =
                Arbitraries.frequency(net.jqwik.api.Tuple.of(6, false), net.jqwik.api.Tuple.of(1, true));
        return Combinators.combine(change.list().ofMinSize(1).ofMaxSize(5), rarely, rarely, Arbitraries.of(true, false))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(25);
    }

    @Property(tries = 40, shrinking = ShrinkingMode.BOUNDED)
    void theStoreIsAMapAndEventsTellAllOfIt(@ForAll("steps") List<Step> steps) throws IOException {
        Path data = Files.createTempDirectory(folder, "data");
        Files.copy(fresh, data.resolve("jxapi.mv.db"));
        Model model = new Model();
        Follower follower = new Follower();
        H2Store store = H2Store.open(data);
        try {
            for (Step step : steps) {
                if (step.restart) {
                    store.close();
                    store = H2Store.open(data);
                }
                H2Store now = store;
                if (step.fails) {
                    State before = State.of(now.snapshot());
                    Model lost = new Model(model);
                    assertThatThrownBy(() -> now.change(tx -> {
                                step.changes.forEach(change -> lost.apply(tx, change));
                                throw new IllegalStateException("given up");
                            }))
                            .hasMessage("given up");
                    assertThat(State.of(now.snapshot())).isEqualTo(before);
                } else {
                    now.change(tx -> step.changes.forEach(change -> model.apply(tx, change)));
                }
                assertThat(State.of(store.snapshot())).isEqualTo(model.state());
                if (step.listens) {
                    follower.listen(store);
                    assertThat(follower.known).isEqualTo(State.records(store.snapshot()));
                }
            }
        } finally {
            store.close();
        }
    }

    /** Names of networks, networks of VIFs, and which VIFs each network says it has. */
    record State(Map<String, String> networks, Map<String, String> vifs, Map<String, Set<String>> members) {
        static State of(Snapshot snapshot) {
            Map<String, String> networks = new TreeMap<>();
            Map<String, String> vifs = new TreeMap<>();
            Map<String, Set<String>> members = new TreeMap<>();
            for (Stored<Network> stored : snapshot.all(Network.XEN_CLASS)) {
                String ref = stored.ref().value();
                String name = stored.row().get(Network.NAME_LABEL);
                networks.put(ref, name);
                List<String> has =
                        stored.row().get(Network.VIFS).stream().map(Ref::value).toList();
                assertThat(has).doesNotHaveDuplicates();
                members.put(ref, new HashSet<>(has));
                assertThat(snapshot.byNameLabel(Network.XEN_CLASS, name)).contains(stored.ref());
                assertThat(snapshot.byUuid(Network.XEN_CLASS, stored.row().get(Network.UUID)))
                        .contains(stored);
                assertThat(snapshot.modifiedAfter(Network.XEN_CLASS, stored.modified() - 1))
                        .contains(stored);
            }
            for (Stored<VIF> stored : snapshot.all(VIF.XEN_CLASS)) {
                vifs.put(stored.ref().value(), stored.row().get(VIF.NETWORK).value());
            }
            return new State(networks, vifs, members);
        }

        /** The records, with the sets of VIFs in order: a restart may change that of a VIF that moved, which is no change. */
        static Map<String, Row<?>> records(Snapshot snapshot) {
            Map<String, Row<?>> records = new HashMap<>();
            snapshot.all(Network.XEN_CLASS).forEach(s -> records.put(s.ref().value(), inOrder(s.row())));
            snapshot.all(VIF.XEN_CLASS).forEach(s -> records.put(s.ref().value(), s.row()));
            return records;
        }

        static Row<?> inOrder(Row<?> row) {
            if (row.model() != Network.XEN_CLASS) {
                return row;
            }
            Row<Network> network = row.as(Network.XEN_CLASS);
            return network.with(
                    Network.VIFS,
                    network.get(Network.VIFS).stream()
                            .sorted(Comparator.comparing(Ref::value))
                            .toList());
        }
    }

    /** The plain maps. */
    private static final class Model {
        private final TreeMap<String, String> networks;
        private final TreeMap<String, String> vifs;

        Model() {
            networks = new TreeMap<>();
            vifs = new TreeMap<>();
        }

        Model(Model other) {
            networks = new TreeMap<>(other.networks);
            vifs = new TreeMap<>(other.vifs);
        }

        State state() {
            Map<String, Set<String>> members = new TreeMap<>();
            networks.keySet().forEach(network -> members.put(network, new HashSet<>()));
            vifs.forEach((vif, network) -> {
                if (members.containsKey(network)) {
                    members.get(network).add(vif);
                }
            });
            return new State(networks, vifs, members);
        }

        private static String pick(TreeMap<String, String> from, int number) {
            return new ArrayList<>(from.keySet()).get(number % from.size());
        }

        void apply(Transaction tx, Change change) {
            String name = "name " + change.other;
            switch (change.kind) {
                case ADD_NETWORK -> networks.put(add(tx, name).value(), name);
                case COME_AND_GO -> tx.destroy(add(tx, name));
                case RENAME_NETWORK -> {
                    if (!networks.isEmpty()) {
                        String network = pick(networks, change.one);
                        tx.set(Network.XEN_CLASS.ref(network), Network.NAME_LABEL, name);
                        networks.put(network, name);
                    }
                }
                case DESTROY_NETWORK -> {
                    if (!networks.isEmpty()) {
                        String network = pick(networks, change.one);
                        tx.destroy(Network.XEN_CLASS.ref(network));
                        networks.remove(network);
                    }
                }
                case ADD_VIF -> {
                    String network = networks.isEmpty() ? Ref.<Network>nil().value() : pick(networks, change.one);
                    Ref<VIF> vif = tx.create(Row.of(VIF.XEN_CLASS).with(VIF.NETWORK, Network.XEN_CLASS.ref(network)));
                    vifs.put(vif.value(), network);
                }
                case MOVE_VIF -> {
                    if (!vifs.isEmpty() && !networks.isEmpty()) {
                        String vif = pick(vifs, change.one);
                        String network = pick(networks, change.other);
                        tx.set(VIF.XEN_CLASS.ref(vif), VIF.NETWORK, Network.XEN_CLASS.ref(network));
                        vifs.put(vif, network);
                    }
                }
                case DESTROY_VIF -> {
                    if (!vifs.isEmpty()) {
                        String vif = pick(vifs, change.one);
                        tx.destroy(VIF.XEN_CLASS.ref(vif));
                        vifs.remove(vif);
                    }
                }
            }
        }

        private static Ref<Network> add(Transaction tx, String name) {
            return tx.create(Row.of(Network.XEN_CLASS).with(Network.NAME_LABEL, name));
        }
    }

    /** A client that knows nothing but the events of event.from. */
    private static final class Follower {
        private final Map<String, Row<?>> known = new HashMap<>();
        private Token token = Token.parse("");

        void listen(H2Store store) {
            EventBatch batch = new Changes(store.changes()).since(token, ALL, store.snapshot());
            for (Row<?> each : batch.events()) {
                Row<Event> event = each.as(Event.XEN_CLASS);
                String ref = event.get(Event.REF);
                Row<?> row = event.get(Event.SNAPSHOT);
                switch (event.get(Event.OPERATION)) {
                    case ADD ->
                        assertThat(known.put(ref, State.inOrder(row)))
                                .as("added once")
                                .isNull();
                    case MOD ->
                        assertThat(known.put(ref, State.inOrder(row)))
                                .as("known before")
                                .isNotNull();
                    case DEL -> assertThat(known.remove(ref)).as("known before").isNotNull();
                }
            }
            token = Token.parse(batch.token());
        }
    }
}
