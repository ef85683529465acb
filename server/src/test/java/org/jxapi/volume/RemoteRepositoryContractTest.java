package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.jxapi.agent.StorageAgents;
import org.jxapi.volume.Grounds.Ground;

/** A repository of another host keeps the contract through the host's agent. */
@ParameterizedClass
@EnumSource(
        value = Kind.class,
        names = {"RAW", "QCOW2"})
class RemoteRepositoryContractTest
        implements VolumesContract,
                CopiesContract,
                DifferencesContract,
                CrashContract,
                TrackingContract,
                FilesContract,
                PlaceContract,
                GuestContract {
    @RegisterExtension
    static final Grounds GROUNDS = new Grounds();

    private static StorageAgents agents;

    private final Kind kind;
    private Path folder;
    private Repository repository;

    RemoteRepositoryContractTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeAll
    static void start() throws Exception {
        agents = new StorageAgents(
                GROUNDS.fresh(Ground.TEMPORARY),
                StorageAgents.drivers(TestDrivers.file()),
                (sr, location) -> List.of());
    }

    @AfterAll
    static void end() {
        agents.close();
    }

    @BeforeEach
    void create() {
        folder = GROUNDS.fresh(Ground.TEMPORARY);
        repository = again();
        repository.create();
        repository.attach();
    }

    @AfterEach
    void check() throws IOException {
        Qemu.checkAll(folder);
    }

    @Override
    public Repository repository() {
        return repository;
    }

    @Override
    public Repository again() {
        Map<String, String> config =
                Map.of("location", folder.toString(), "preferred-image-formats", kind == Kind.RAW ? "raw" : "qcow2");
        String uuid = UUID.nameUUIDFromBytes(folder.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
        return agents.remote().repository("file", new Settings(uuid, config, Map.of()));
    }

    @Override
    public Path log(String location) {
        return folder().resolve(location + ".cbtlog");
    }

    @Override
    public Path folder() {
        return folder;
    }

    /** They are on another host. */
    @Override
    public boolean hasFiles() {
        return false;
    }

    @Override
    public boolean clonesAtOnce() {
        return kind.clonesAtOnce(GROUNDS.sharesBlocks(Ground.TEMPORARY));
    }

    @Override
    public void copiesSurviveEachOtherInEveryOrder() {
        // Some thousand calls. Each passes as in the other tests.
    }

    @Override
    public void theDifferencesOfAnyTwoDisksMakeTheOneOfTheOther() {
        // Many calls again, of which the tests below have each.
    }

    @Override
    public void noChangedBlockIsEverMissing() {
        // Random steps: left to the repositories of this host.
    }

    @Override
    public void severalThreadsCloneOneVolumeAtTheSameTime() {
        // The threads would be those of the agent, whose drivers are the same.
    }

    @Override
    public void everyOtherNameIsAVolumeOfItsOwn() {
        // Names pass as they are, and each would be some fifty calls.
    }

    @Override
    public void onlyWhatWasWrittenMayDifferWhereVolumesShareTheRest() throws IOException {
        if (clonesAtOnce()) {
            DifferencesContract.super.onlyWhatWasWrittenMayDifferWhereVolumesShareTheRest();
        }
    }

    @Test
    void aProbeFindsWhatIsThere() throws IOException {
        makeFull("a", MIB);
        Settings settings = new Settings("", Map.of("location", folder.toString()), Map.of());
        Usage usage = agents.remote().probe("file", settings).found().get(0).usage();
        assertThat(usage.size()).isEqualTo(Files.getFileStore(folder).getTotalSpace());
    }

    /** Nothing here may open a path of the other host. */
    @Test
    void noFileOfItIsAFileOfThisHost() throws IOException {
        make("a", MIB);
        assertThat(repository().folder()).isEmpty();
        assertThat(repository().raw("a")).isEmpty();
        assertThat(repository().adopt("b", Files.writeString(folder.resolve("image"), "x"), false))
                .isFalse();
        try (Stage stage = repository().stage("a", MIB)) {
            assertThat(stage.raw()).isEmpty();
        }
    }
}
