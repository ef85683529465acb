package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.jxapi.harness.StoreTest;
import org.jxapi.store.PoolFiles;

/** Root's password of a pool, which the hosts of two data folders share. */
class PoolPasswordTest extends StoreTest {
    private Path data(String host) throws IOException {
        return Files.createDirectories(folder.resolve(host));
    }

    private Path file(String host) throws IOException {
        return data(host).resolve("root-password");
    }

    private PoolPassword start(String host) throws IOException {
        PoolPassword password = new PoolPassword(store, data(host));
        password.start(host);
        return password;
    }

    private String inFile(String host) throws IOException {
        return Files.readAllLines(file(host)).get(0);
    }

    @Test
    void aFirstStartMakesOneThatTheFileHasInPlainTextAndTheStoreAsAHash() throws Exception {
        PoolPassword password = start("a");
        String made = inFile("a");
        assertThat(password.matches(made)).isTrue();
        assertThat(password.matches(made + "x")).isFalse();
        assertThat(PoolFiles.find(store.snapshot(), "root-password").orElseThrow())
                .startsWith("pbkdf2-sha256$1$")
                .doesNotContain(made);
        Files.delete(file("a"));
        PoolPassword again = start("a");
        assertThat(again.matches(made)).isTrue();
        assertThat(again.matches("")).isFalse();
        assertThat(file("a")).as("the pool has a password, so none is made").doesNotExist();
    }

    @Test
    void aFileThatIsSetCountsAtTheNextLoginAndAtTheNextStart() throws Exception {
        PoolPassword password = start("a");
        Passwords.set(file("a"), "while it runs");
        assertThat(password.matches("while it runs")).isTrue();
        assertThat(PoolFiles.find(store.snapshot(), "root-password").orElseThrow())
                .startsWith("pbkdf2-sha256$20000$");
        Passwords.set(file("a"), "while it is down");
        assertThat(start("a").matches("while it is down")).isTrue();
        assertThat(start("a").matches("while it runs")).isFalse();
        for (String nothing : new String[] {"", " \nsecond"}) {
            Files.writeString(file("a"), nothing);
            assertThat(password.matches("while it is down")).isFalse();
            assertThat(password.matches("")).isFalse();
            assertThatThrownBy(() -> start("a")).hasMessageContaining("its first line is blank");
        }
    }

    @Test
    void aPasswordThatAnotherHostHasChangedIsThatOfAllAndOldFilesGo() throws Exception {
        PoolPassword first = start("a");
        String old = inFile("a");
        PoolPassword second = start("b");
        assertThat(file("b")).doesNotExist();
        assertThat(second.matches(old)).isTrue();
        second.change("changed at b");
        assertThat(inFile("b")).isEqualTo("changed at b");
        assertThat(first.matches("changed at b")).isTrue();
        assertThat(first.matches(old)).isFalse();
        assertThat(file("a")).doesNotExist();
        Passwords.set(file("a"), old);
        assertThat(first.matches(old)).as("it is set again").isTrue();
        assertThat(second.matches(old)).isTrue();
        assertThat(file("b")).doesNotExist();
        Passwords.set(file("b"), "set at b");
        assertThat(second.matches("set at b")).isTrue();
    }

    @Test
    void aHostThatBringsItsOwnFileAlongChangesNothing() throws Exception {
        PoolPassword first = start("a");
        Passwords.set(file("b"), "of b when it was alone");
        PoolPassword second = start("b");
        assertThat(second.matches("of b when it was alone")).isFalse();
        assertThat(second.matches(inFile("a"))).isTrue();
        assertThat(first.matches(inFile("a"))).isTrue();
        assertThat(file("b")).doesNotExist();
        Passwords.set(file("b"), "set at b");
        assertThat(second.matches("set at b")).isTrue();
    }
}
