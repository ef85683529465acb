package org.jxapi.smapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.harness.ExampleDriver;
import org.jxapi.volume.Driver;
import org.jxapi.volume.NoGuests;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Settings;

/** Drivers that are found, drivers that are not trusted, and drivers that do not keep the contract. */
class DriverFolderTest {
    private static final String UUID = "6f1ba3cb-5d2d-4b1c-9c1e-0c8bd6c0f001";

    @TempDir
    Path folder;

    private List<Driver> drivers() {
        return drivers(Duration.ofSeconds(60));
    }

    private List<Driver> drivers(Duration limit) {
        return new DriverFolder(folder, folder.resolve("marks"), limit).drivers(Set.of("file"), new NoGuests());
    }

    /** A driver in shell with these branches for calls other than Plugin.query. */
    private void driver(String type, String features, String cases) throws IOException {
        ExampleDriver.shell(
                folder,
                type,
                "case $1 in\nPlugin.query) cat <<'END'\n" + ExampleDriver.description(type, features) + "\nEND\n;;\n"
                        + cases + "\n*) exit 9 ;;\nesac\n");
    }

    private static Repository repository(Driver driver) {
        return driver.repository(new Settings(UUID, Map.of("key", "value", "password", "hidden"), Map.of()));
    }

    @Test
    void everyExecutableOfTheFolderIsADriverWithWhatItSaysOfItself() throws IOException {
        driver("tape", "\"VDI_CREATE\",\"VDI_RESIZE\",\"VDI_CONFIG_CBT\"", "");
        driver("discs", "\"SR_ATTACH\"", "");
        Files.writeString(folder.resolve("README"), "no driver");
        Files.createDirectory(folder.resolve("subfolder"));
        List<Driver> found = drivers();
        assertThat(found).extracting(Driver::type).containsExactly("discs", "tape");
        Driver tape = found.get(1);
        assertThat(tape.label()).isEqualTo("n");
        assertThat(tape.origin().vendor()).isEqualTo("Someone");
        assertThat(tape.origin().version()).isEqualTo("3.1");
        assertThat(tape.origin().file()).isEqualTo(folder.resolve("tape").toString());
        assertThat(tape.configuration()).containsExactly(Map.entry("key", "meaning"));
        assertThat(tape.features())
                .contains("VDI_CREATE", "VDI_SNAPSHOT", "VDI_RESIZE")
                .doesNotContain("VDI_CONFIG_CBT", "VDI_RESIZE_ONLINE");
        assertThat(found.get(0).features()).contains("SR_SCAN").noneMatch(name -> name.contains("CREATE"));
        assertThat(repository(found.get(0)).readOnly()).isTrue();
        assertThat(repository(tape).place()).isEqualTo("tape {key=value}");
    }

    @Test
    void aFolderThatIsNotThereHasNoDrivers() {
        assertThat(new DriverFolder(folder.resolve("none"), folder, Duration.ofSeconds(1))
                        .drivers(Set.of(), new NoGuests()))
                .isEmpty();
    }

    @Test
    void aTypeThatHasADriverIsNotReplaced() throws IOException {
        driver("file", "", "");
        driver("tape", "", "");
        Files.copy(folder.resolve("tape"), folder.resolve("tape2"));
        Files.setPosixFilePermissions(folder.resolve("tape2"), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(drivers())
                .extracting(each -> each.origin().file())
                .containsExactly(folder.resolve("tape").toString());
    }

    @Test
    void programsThatOthersCanChangeAreNotRun() throws IOException {
        Path ran = folder.resolve("ran");
        Path file = ExampleDriver.shell(folder, "tape", "touch " + ran + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThat(drivers()).isEmpty();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xrwx"));
        assertThat(drivers()).isEmpty();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(drivers()).isEmpty();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere")).resolve("tape");
        Files.move(file, elsewhere);
        Files.createSymbolicLink(file, elsewhere);
        assertThat(drivers()).isEmpty();
        assertThat(ran).doesNotExist();
        Files.delete(file);
        Files.move(elsewhere, file);
        drivers();
        assertThat(ran).exists();
    }

    @Test
    void aProgramThatOthersCanChangeLaterIsNotRunAnyMore() throws IOException {
        driver("tape", "", "SR.attach) echo '\"x\"' ;;");
        Repository repository = repository(drivers().get(0));
        repository.attach();
        Files.setPosixFilePermissions(folder.resolve("tape"), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(repository::attach)
                .isInstanceOf(XenApiException.class)
                .hasMessageContaining("users other than its owner can write to it");
    }

    @Test
    void descriptionsThatDoNotKeepTheContractAreLeftOut() throws IOException {
        ExampleDriver.shell(folder, "a", "echo no json");
        ExampleDriver.shell(folder, "b", "echo '{}'");
        ExampleDriver.shell(folder, "c", "exit 3");
        ExampleDriver.shell(folder, "d", "echo '" + ExampleDriver.description("Upper Case", "") + "'");
        ExampleDriver.shell(
                folder, "e", "echo '" + ExampleDriver.description("old", "").replace("5.0", "3.0") + "'");
        Files.writeString(folder.resolve("f"), "#!/no/such/interpreter\n");
        Files.setPosixFilePermissions(folder.resolve("f"), PosixFilePermissions.fromString("rwxr-xr-x"));
        ExampleDriver.shell(folder, "g", "yes");
        driver("tape", "", "");
        assertThat(drivers()).extracting(Driver::type).containsExactly("tape");
    }

    @Test
    void errorsOfTheXenApiReachClientsAsTheyAreAndOthersWithTheirWords() throws IOException {
        driver("tape", "\"VDI_CREATE\"", """
                SR.attach) echo '"x"' ;;
                SR.stat) echo '{"code":"SR_BACKEND_FAILURE_44","params":["","no space",""]}'; exit 1 ;;
                SR.ls) echo '{"code":"Sr_broken","params":["tape torn"]}'; exit 1 ;;
                SR.create) echo 'Traceback: oops' >&2; exit 1 ;;
                Volume.stat) echo '{"code":"Volume_does_not_exist","params":["v"]}'; exit 1 ;;
                Volume.create) echo '{"key":"other","virtual_size":9,"physical_utilisation":0,"uri":["raw+file:///x"]}' ;;
                """);
        Repository repository = repository(drivers().get(0));
        assertThatThrownBy(repository::usage).hasMessage("SR_BACKEND_FAILURE_44 [, no space, ]");
        assertThatThrownBy(repository::volumes)
                .hasMessageContaining("SR_BACKEND_FAILURE_40")
                .hasMessageContaining("storage driver tape, SR.ls: Sr_broken tape torn");
        assertThatThrownBy(repository::create)
                .hasMessageContaining("SR_BACKEND_FAILURE_202")
                .hasMessageContaining("SR.create: failed with status 1: Traceback: oops");
        assertThat(repository.holds("v")).isFalse();
        assertThatThrownBy(() -> repository.bytes("v"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no such volume in tape");
        assertThatThrownBy(() -> repository.create("v", 9))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("answered volume other in place of v");
    }

    @Test
    void answersOfAnotherFormAreErrorsThatNameTheField() throws IOException {
        driver("tape", "", """
                SR.attach) echo '"x"' ;;
                SR.stat) echo '{"total_space":5,"free_space":9}' ;;
                SR.ls) echo '[{"key":"a","virtual_size":-1,"physical_utilisation":0,"uri":[]}]' ;;
                Volume.stat) echo '{"key":"a","virtual_size":1,"physical_utilisation":0,"uri":["nbd:unix:x"]}' ;;
                """);
        Repository repository = repository(drivers().get(0));
        assertThatThrownBy(repository::usage).hasMessageContaining("free_space is 9");
        assertThatThrownBy(repository::volumes).hasMessageContaining("virtual_size is -1");
        assertThatThrownBy(() -> repository.bytes("a")).hasMessageContaining("raw+file:///PATH");
    }

    @Test
    void aDriverThatIsStuckKeepsOneCallerOfItsRepositoryWaitingAndNoOther() throws IOException {
        Path tried = folder.resolve("tried");
        driver("tape", "", """
                SR.attach) echo '"x"' ;;
                SR.stat)
                  if grep -q stuck; then echo >>%s; sleep 600; fi
                  echo '{"total_space":5,"free_space":4}' ;;
                """.formatted(tried));
        Driver driver = drivers(Duration.ofSeconds(2)).get(0);
        Repository stuck = driver.repository(new Settings("stuck", Map.of("key", "stuck"), Map.of()));
        ExampleDriver.shell(
                folder,
                "tape",
                Files.readString(folder.resolve("tape"))
                        .replace("#!/bin/sh\n", "")
                        .replace(
                                "SR.attach) echo '\"x\"'",
                                "SR.attach) grep -q stuck && echo '\"stuck\"' || echo '\"x\"'"));
        Repository well = driver.repository(new Settings("well", Map.of("key", "well"), Map.of()));
        assertThatThrownBy(stuck::usage)
                .hasMessageContaining("SR_BACKEND_FAILURE_47")
                .hasMessageContaining("SR.stat: did not end within 2 s");
        assertThat(well.usage().used()).isEqualTo(1);
        assertThatThrownBy(stuck::usage)
                .hasMessageContaining("SR_BACKEND_FAILURE_47")
                .hasMessageContaining("is asked again in");
        assertThat(Files.readString(tried)).hasLineCount(1);
    }
}
