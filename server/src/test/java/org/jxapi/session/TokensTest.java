package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.harness.HandClock;
import org.jxapi.harness.StoreTest;
import org.jxapi.store.PoolFiles;
import org.jxapi.xenapi.Session;

/** API tokens, which are jxapi's own. */
class TokensTest extends StoreTest {
    private final HandClock clock = new HandClock("2026-11-28T10:00:00Z");
    private Tokens tokens;

    @BeforeEach
    void open() {
        tokens = new Tokens(store, clock);
    }

    private Ref<Session> session(String text) {
        Token token = tokens.find("root", text).orElseThrow();
        return store.transact(
                tx -> tx.create(Identity.superuser("root").with(token).in(Row.of(Session.XEN_CLASS))));
    }

    @Test
    void aTokenIsKnownByItsTextAlone() {
        String text = tokens.create("backup", "root", "", "", null);
        assertThat(Tokens.isToken(text)).isTrue();
        assertThat(tokens.find("root", text)).isPresent();
        assertThat(tokens.find("alice", text)).isEmpty();
        String other = text.substring(0, text.length() - 1) + (text.endsWith("A") ? "B" : "A");
        assertThat(tokens.find("root", other)).isEmpty();
        assertThat(tokens.find("root", text.substring(0, 38))).isEmpty();
        String secret = text.substring(text.lastIndexOf('_', 39) + 1);
        assertThat(PoolFiles.find(store.snapshot(), "tokens").orElseThrow())
                .contains("backup")
                .doesNotContain(secret);
        assertThat(new Tokens(store, clock).find("root", text)).isPresent();
    }

    /** A replica gets the tokens that another host has made or revoked. */
    @Test
    void whatAnotherHasChangedCountsAtOnce() {
        Tokens other = new Tokens(store, clock);
        String first = other.create("", "root", "", "", null);
        assertThat(tokens.find("root", first)).isPresent();
        String second = tokens.create("", "root", "", "", null);
        other.revoke(first.substring(6, 38));
        assertThat(tokens.find("root", first)).isEmpty();
        assertThat(tokens.find("root", second)).isPresent();
    }

    @Test
    void theFileOfAnEarlierVersionMovesIntoTheDatabase() throws Exception {
        String text = tokens.create("backup", "root", "", "vm-admin", 7);
        List<Token> made = tokens.all();
        Path file = folder.resolve("tokens");
        Files.writeString(file, PoolFiles.find(store.snapshot(), "tokens").orElseThrow());
        store.change(tx -> PoolFiles.remove(tx, "tokens"));
        assertThat(tokens.find("root", text)).isEmpty();
        Tokens.move(store, folder);
        assertThat(file).doesNotExist();
        assertThat(tokens.all()).isEqualTo(made);
        assertThat(tokens.find("root", text)).isPresent();
    }

    @Test
    void anExpiredTokenEndsWithItsSessions() {
        String text = tokens.create("", "root", "", "", 7);
        Ref<Session> session = session(text);
        clock.pass(Duration.ofDays(7).minusSeconds(1));
        tokens.endSessions();
        assertThat(store.snapshot().find(session)).isPresent();
        clock.pass(Duration.ofSeconds(1));
        assertThat(tokens.find("root", text)).isEmpty();
        tokens.endSessions();
        assertThat(store.snapshot().find(session)).isEmpty();
    }

    @Test
    void aRevokedTokenEndsWithItsSessionsAtOnce() {
        String text = tokens.create("", "root", "", "", null);
        String kept = tokens.create("", "root", "", "", null);
        Ref<Session> session = session(text);
        Ref<Session> other = session(kept);
        Ref<Session> plain =
                store.transact(tx -> tx.create(Identity.superuser("root").in(Row.of(Session.XEN_CLASS))));
        String id = text.substring(6, 38);
        tokens.revoke(id);
        assertThat(tokens.find("root", text)).isEmpty();
        assertThat(store.snapshot().find(session)).isEmpty();
        assertThat(store.snapshot().find(other)).isPresent();
        assertThat(store.snapshot().find(plain)).isPresent();
        assertThatThrownBy(() -> tokens.revoke(id)).isInstanceOf(XenApiException.class);
    }

    @Test
    void aRoleLimitsTheRightsOfTheUser() {
        Token token = tokens.find("root", tokens.create("", "root", "", "vm-operator", null))
                .orElseThrow();
        Identity limited = Identity.superuser("root").with(token);
        assertThat(limited.superuser()).isFalse();
        assertThat(limited.permissions()).contains("vm.start").doesNotContain("vm.destroy");
        List<String> readOnly =
                Roles.all().rightsOf(List.of(Roles.all().named("read-only").orElseThrow()));
        Identity reader = new Identity("alice", false, "u1", Ref.nil(), readOnly).with(token);
        assertThat(reader.permissions()).contains("vm.get_record").doesNotContain("vm.start");
        Row<Session> row = reader.in(Row.of(Session.XEN_CLASS));
        assertThat(tokens.limit(
                        row,
                        Roles.all()
                                .rightsOf(
                                        List.of(Roles.all().named("pool-admin").orElseThrow()))))
                .contains("vm.start")
                .doesNotContain("vm.destroy");
    }

    @Test
    void aDamagedFileIsNotReplaced() throws IOException {
        Path file = Files.writeString(folder.resolve("tokens"), "[{");
        assertThatThrownBy(() -> Tokens.move(store, folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the file of API tokens");
        assertThat(file).exists();
    }
}
