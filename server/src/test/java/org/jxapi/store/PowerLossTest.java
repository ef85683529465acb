package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.Secret;

/** The power goes while clients write, again and again, and the disk has the forced data, and any part of the rest. */
class PowerLossTest {
    private static final int FAILURES = 25;
    private static final int WRITERS = 4;
    private static final int CHANGES = 60;

    @TempDir
    Path folder;

    @Test
    void whatWasAcknowledgedIsThereAndNothingIsHalf() throws Exception {
        Map<Ref<Network>, String> expected = new HashMap<>();
        for (int failure = 0; failure < FAILURES; failure++) {
            UnsyncedFiles.register();
            H2Store store = H2Store.open(folder, UnsyncedFiles.SCHEME);
            Map<Ref<Network>, String> acknowledged = new HashMap<>();
            writeUntilCut(store, failure, acknowledged);
            expected.putAll(acknowledged);
            store.close();
            try (H2Store after = H2Store.open(folder)) {
                Snapshot found = after.snapshot();
                expected.forEach((ref, name) -> assertThat(found.find(ref))
                        .as("what was acknowledged as %s", name)
                        .get()
                        .satisfies(
                                s -> assertThat(s.row().get(Network.NAME_LABEL)).isEqualTo(name)));
                for (Stored<Network> network : found.all(Network.XEN_CLASS)) {
                    String name = network.row().get(Network.NAME_LABEL);
                    Ref<Secret> secret = Secret.XEN_CLASS.ref(
                            network.row().get(Network.OTHER_CONFIG).get("secret"));
                    assertThat(found.get(secret, Secret.VALUE))
                            .as("the other half of %s", name)
                            .isEqualTo(name);
                }
                assertThat(found.count(Secret.XEN_CLASS)).isEqualTo(found.count(Network.XEN_CLASS));
            }
        }
        assertThat(expected).hasSizeGreaterThanOrEqualTo(FAILURES * CHANGES);
    }

    private static void writeUntilCut(H2Store store, int round, Map<Ref<Network>, String> acknowledged)
            throws Exception {
        Random random = new Random(round);
        CountDownLatch enough = new CountDownLatch(CHANGES + random.nextInt(CHANGES));
        List<Thread> writers = new ArrayList<>();
        Map<Ref<Network>, String> all = new HashMap<>();
        boolean[] cut = {false};
        for (int i = 0; i < WRITERS; i++) {
            String writer = round + "/" + i + "/";
            Thread thread = new Thread(() -> {
                for (int n = 0; ; n++) {
                    String name = writer + n;
                    Ref<Network> ref = store.transact(tx -> create(tx, name));
                    synchronized (all) {
                        if (cut[0]) {
                            return;
                        }
                        all.put(ref, name);
                    }
                    enough.countDown();
                }
            });
            thread.start();
            writers.add(thread);
        }
        enough.await();
        synchronized (all) {
            UnsyncedFiles.cutPower(random);
            cut[0] = true;
            acknowledged.putAll(all);
        }
        for (Thread writer : writers) {
            writer.join();
        }
    }

    /** Two rows of one transaction that know each other. */
    private static Ref<Network> create(Transaction tx, String name) {
        Ref<Secret> secret = tx.create(Row.of(Secret.XEN_CLASS).with(Secret.VALUE, name));
        return tx.create(Row.of(Network.XEN_CLASS)
                .with(Network.NAME_LABEL, name)
                .with(Network.OTHER_CONFIG, Map.of("secret", secret.value())));
    }
}
