package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.jxapi.volume.Grounds.Ground;

/** Every kind of repository keeps the contract, with and without blocks that files share. */
@ParameterizedClass(name = "{0} on {1}")
@MethodSource("repositories")
class RepositoryContractTest
        implements VolumesContract,
                CopiesContract,
                DifferencesContract,
                CrashContract,
                TrackingContract,
                PlaceContract,
                GuestContract,
                FolderContract {
    @RegisterExtension
    static final Grounds GROUNDS = new Grounds();

    private final Kind kind;
    private final Ground ground;
    private Path folder;
    private Repository repository;

    RepositoryContractTest(Kind kind, Ground ground) {
        this.kind = kind;
        this.ground = ground;
    }

    static Stream<Arguments> repositories() {
        return Kind.writable().stream()
                .flatMap(kind -> Stream.of(Ground.TEMPORARY, Ground.XFS).map(ground -> Arguments.of(kind, ground)));
    }

    @BeforeEach
    void create() {
        folder = GROUNDS.fresh(ground);
        repository = at(folder);
        repository.create();
        repository.attach();
    }

    @AfterEach
    void check() throws IOException {
        if (folder.toFile().isDirectory()) {
            Qemu.checkAll(folder);
        }
    }

    @Override
    public Repository repository() {
        return repository;
    }

    @Override
    public Repository again() {
        return at(folder);
    }

    @Override
    public Repository at(Path place) {
        return kind.in(place);
    }

    @Override
    public Path log(String location) {
        return folder().resolve(location + ".cbtlog");
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public boolean clonesAtOnce() {
        return kind.clonesAtOnce(GROUNDS.sharesBlocks(ground));
    }
}
