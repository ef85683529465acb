package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VIF;
import org.slf4j.LoggerFactory;

/** The hash of a state says whether two states are equal, and the database keeps it. */
class StateHashTest {
    @TempDir
    Path folder;

    @Test
    void everyChangeGivesAnotherHashAndItsReverseTheOldOne() {
        StateTransaction tx = new StateTransaction(State.EMPTY);
        Ref<Network> network = tx.create(Row.of(Network.XEN_CLASS).with(Network.NAME_LABEL, "one"));
        long created = StateHash.of(tx).kept();
        tx.set(network, Network.NAME_LABEL, "two");
        assertThat(StateHash.of(tx).kept()).isNotEqualTo(created);
        tx.set(network, Network.NAME_LABEL, "one");
        tx.set(network, Network.NAME_DESCRIPTION, "one");
        assertThat(StateHash.of(tx).kept()).isNotEqualTo(created);
        tx.set(network, Network.NAME_DESCRIPTION, "");
        assertThat(StateHash.of(tx).kept()).isEqualTo(created);
        tx.destroy(network);
        assertThat(StateHash.of(tx)).isEqualTo(StateHash.NONE);
    }

    @Test
    void valuesThatChangePlacesGiveAnotherHash() {
        Ref<Network> a = Network.XEN_CLASS.ref("OpaqueRef:a");
        Ref<Network> b = Network.XEN_CLASS.ref("OpaqueRef:b");
        Row<Network> one = Row.of(Network.XEN_CLASS).with(Network.UUID, "1");
        Row<Network> two = Row.of(Network.XEN_CLASS).with(Network.UUID, "2");
        StateTransaction tx = new StateTransaction(State.EMPTY);
        tx.create(a, one);
        tx.create(b, two);
        StateTransaction other = new StateTransaction(State.EMPTY);
        other.create(a, two);
        other.create(b, one);
        assertThat(StateHash.of(other).kept()).isNotEqualTo(StateHash.of(tx).kept());
    }

    @Test
    void sessionsAndDerivedSetsCountAsStateInMemory() {
        StateTransaction tx = new StateTransaction(State.EMPTY);
        Ref<Network> network = tx.create(Row.of(Network.XEN_CLASS));
        StateHash before = StateHash.of(tx);
        tx.create(Row.of(Session.XEN_CLASS));
        assertThat(StateHash.of(tx).kept()).isEqualTo(before.kept());
        assertThat(StateHash.of(tx).live()).isNotEqualTo(before.live());
        tx.create(Row.of(VIF.XEN_CLASS).with(VIF.NETWORK, network));
        assertThat(StateHash.of(tx).kept()).isNotEqualTo(before.kept());
    }

    /** The database gives back what the entries say, whatever they are. */
    @Test
    void aRestartFindsTheHashThatTheEntriesLedTo() {
        for (int seed = 0; seed < 5; seed++) {
            Path data = folder.resolve("data-" + seed);
            HashedState before;
            try (H2Store store = H2Store.open(data)) {
                Random seeds = new Random(seed);
                for (int i = 0; i < 40; i++) {
                    store.change(tx -> RandomTransaction.run(seeds.nextLong(), tx));
                }
                before = store.hashed();
            }
            assertThat(before.hash()).isEqualTo(StateHash.of(before.state()));
            List<String> errors = errors(() -> {
                try (H2Store store = H2Store.open(data)) {
                    assertThat(store.hashed().number()).isEqualTo(before.number());
                    assertThat(store.hashed().hash().kept())
                            .isEqualTo(before.hash().kept());
                }
            });
            assertThat(errors).isEmpty();
        }
    }

    /** Seals check that H2 gives back what was written; the hash, that the right things were written. */
    @Test
    void aStartReportsAStateThatIsNotTheAcknowledgedOne() throws SQLException {
        try (H2Store store = H2Store.open(folder)) {
            store.change(tx -> tx.create(Row.of(Network.XEN_CLASS).with(Network.OTHER_CONFIG, Map.of("a", "b"))));
        }
        execute("UPDATE \"seal\" SET \"hash\" = \"hash\" + 1 WHERE \"table\" = 'change_log'");
        assertThat(errors(() -> H2Store.open(folder).close()))
                .singleElement()
                .asString()
                .contains("the state after change 1 had the hash ", "see \"Damage to the database\"");
    }

    @Test
    void aHashOfAnotherVersionIsNotCompared() throws SQLException {
        H2Store.open(folder).close();
        execute("UPDATE \"seal\" SET \"hash\" = 7, \"hash_version\" = 0 WHERE \"table\" = 'change_log'");
        assertThat(errors(() -> H2Store.open(folder).close())).isEmpty();
    }

    /** A pruning writes the seal of the change log too, which has the hash. */
    @Test
    void pruningKeepsTheHash() throws Exception {
        StateHash before;
        try (H2Store store = H2Store.open(folder)) {
            store.change(tx -> {
                for (int i = 0; i <= Database.KEPT_CHANGES; i++) {
                    tx.create(Row.of(Session.XEN_CLASS));
                }
                tx.create(Row.of(Network.XEN_CLASS));
            });
            before = store.hashed().hash();
        }
        DatabaseFile file = new DatabaseFile(folder, "file");
        try (Database database = file.write(DatabaseFile.NAME)) {
            database.continueFrom(ContentReader.read(database.reader()));
            database.prune();
        }
        Content pruned = file.read(DatabaseFile.NAME);
        assertThat(pruned.log()).hasSize(Database.KEPT_CHANGES);
        assertThat(pruned.damaged()).isEmpty();
        assertThat(pruned.hash()).isEqualTo(KeptHash.of(Database.KEPT_CHANGES + 2, before));
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("jxapi"), "sa", "");
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isEqualTo(1);
        }
    }

    private static List<String> errors(Runnable work) {
        Logger log = (Logger) LoggerFactory.getLogger(H2Store.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try {
            work.run();
        } finally {
            log.detachAppender(lines);
        }
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
