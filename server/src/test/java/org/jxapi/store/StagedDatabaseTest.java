package org.jxapi.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Network;

/** The swap of databases at the start after a restore, which a kill can interrupt at each step. */
class StagedDatabaseTest {
    @TempDir
    Path folder;

    private static Map<Ref<?>, Row<?>> filled(Path in, String... names) {
        try (H2Store store = H2Store.open(in)) {
            for (String name : names) {
                store.transact(tx -> tx.create(Row.of(Network.XEN_CLASS).with(Network.NAME_LABEL, name)));
            }
            Map<Ref<?>, Row<?>> all = new LinkedHashMap<>();
            store.snapshot().all(Network.XEN_CLASS).forEach(network -> all.put(network.ref(), network.row()));
            return all;
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : files(from)) {
            Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
        return to;
    }

    private static boolean old(Path file) {
        return file.getFileName().toString().contains("before-restore");
    }

    @Test
    void afterAKillAtAnyStepTheNextStartHasTheNewDatabaseAndKeepsTheOldOne() throws Exception {
        Path before = Files.createDirectory(folder.resolve("before"));
        filled(before, "old", "old too");
        Map<Ref<?>, Row<?>> objects = filled(Files.createDirectory(folder.resolve("other")), "new");
        try (StagedDatabase staged = StagedDatabase.make(before, objects)) {
            staged.stage();
        }
        Path after = copy(before, folder.resolve("after"));
        StagedDatabase.use(StoreSettings.of(after));
        Path aside = files(after).stream()
                .filter(StagedDatabaseTest::old)
                .findFirst()
                .orElseThrow();

        // The steps of DatabaseRestore.replace: the old one is set aside, the newest change is noted, the new one
        // moves.
        Path setAside = copy(before, folder.resolve("set-aside"));
        Files.copy(aside, setAside.resolve(aside.getFileName()));
        Path noted = copy(setAside, folder.resolve("noted"));
        Files.copy(after.resolve(NewestFile.NAME), noted.resolve(NewestFile.NAME), StandardCopyOption.REPLACE_EXISTING);

        for (Path killed : List.of(before, setAside, noted, after)) {
            StagedDatabase.use(StoreSettings.of(killed));
            try (H2Store store = H2Store.open(killed)) {
                assertThat(store.snapshot().all(Network.XEN_CLASS))
                        .as(killed.getFileName().toString())
                        .extracting(network -> network.row().get(Network.NAME_LABEL))
                        .containsExactly("new");
            }
            for (Path kept :
                    files(killed).stream().filter(StagedDatabaseTest::old).toList()) {
                Path opened = Files.createDirectory(folder.resolve(killed.getFileName() + "-" + kept.getFileName()));
                Files.copy(kept, opened.resolve("jxapi.mv.db"));
                assertThat(filled(opened)).hasSize(2);
            }
            assertThat(files(killed)).anyMatch(StagedDatabaseTest::old);
        }
    }
}
