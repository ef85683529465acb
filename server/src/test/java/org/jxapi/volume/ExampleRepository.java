package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.ExampleDriver;
import org.jxapi.smapi.DriverFolder;
import org.jxapi.volume.Grounds.Ground;

/** A new repository of the example of a driver from outside, for each test. */
abstract class ExampleRepository implements FilesContract {
    static final String MARKER = ".rawfolder";

    @RegisterExtension
    static final Grounds GROUNDS = new Grounds();

    static Driver driver;
    private static Path marks;

    private final Ground ground;
    Path folder;
    Repository repository;

    ExampleRepository(Ground ground) {
        this.ground = ground;
    }

    @BeforeAll
    static void ask() throws IOException {
        assumeTrue(ExampleDriver.possible(), "Python is not installed");
        Path drivers = Files.createDirectories(GROUNDS.fresh(Ground.TEMPORARY));
        ExampleDriver.copyTo(drivers);
        marks = GROUNDS.fresh(Ground.TEMPORARY);
        List<Driver> found =
                new DriverFolder(drivers, marks, Duration.ofSeconds(60)).drivers(Set.of("file"), new NoGuests());
        assertThat(found).extracting(Driver::type).containsExactly("rawfolder");
        driver = found.get(0);
    }

    @BeforeEach
    void create() {
        folder = GROUNDS.fresh(ground);
        repository = at(folder);
        repository.create();
        repository.attach();
    }

    static Repository at(Path place) {
        return driver.repository(new Settings(uuid(place), Map.of("path", place.toString()), Map.of()));
    }

    private static String uuid(Path place) {
        return UUID.nameUUIDFromBytes(place.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
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
    public Path folder() {
        return folder;
    }

    @Override
    public boolean clonesAtOnce() {
        return GROUNDS.sharesBlocks(ground);
    }

    /** Those of volumes; the marks are elsewhere. */
    @Override
    public List<String> files() throws IOException {
        Path own = marks.resolve(uuid(folder));
        try (Stream<Path> list = Files.list(folder);
                Stream<Path> marked = Files.isDirectory(own) ? Files.list(own) : Stream.empty()) {
            return Stream.concat(list, marked)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(MARKER))
                    .sorted()
                    .toList();
        }
    }
}
