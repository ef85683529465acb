package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.jxapi.directory.Account;

/** Remembered logins: Caching in ocaml/xapi/xapi_session.ml, AuthenticationCache in ocaml/xapi/helpers.ml. */
class LoginCacheTest {
    private static final LoginCache.Source SOURCE = new LoginCache.Source("LDAP", "example.com", Map.of("server", "a"));
    private static final LoginCache.Limits TWO = new LoginCache.Limits(2, Duration.ofSeconds(300));

    private long nanos = Long.MAX_VALUE - 1;
    private final LoginCache cache = new LoginCache(() -> nanos);

    private static LoginCache.Answer answer(String user) {
        return new LoginCache.Answer(
                new Account(user, "u-" + user, false, Account.State.USABLE, Map.of()), List.of("g1"));
    }

    private void keep(String user) {
        cache.keep(SOURCE, TWO, user, "secret of " + user, answer(user));
    }

    private Optional<LoginCache.Answer> find(LoginCache.Limits limits, String user) {
        return cache.find(SOURCE, limits, user, "secret of " + user);
    }

    @Test
    void onlyTheSamePasswordAtTheSameDirectoryCounts() {
        keep("alice");
        assertThat(find(TWO, "alice")).contains(answer("alice"));
        assertThat(cache.find(SOURCE, TWO, "alice", "wrong")).isEmpty();
        assertThat(cache.find(SOURCE, TWO, "alice", "")).isEmpty();
        assertThat(cache.find(SOURCE, TWO, "bob", "secret of alice")).isEmpty();
        LoginCache.Source other = new LoginCache.Source("LDAP", "example.com", Map.of("server", "b"));
        assertThat(cache.find(other, TWO, "alice", "secret of alice")).isEmpty();
        cache.keep(SOURCE, TWO, "alice", "new", answer("alice"));
        assertThat(find(TWO, "alice")).isEmpty();
        assertThat(cache.find(SOURCE, TWO, "alice", "new")).isPresent();
        cache.clear();
        assertThat(cache.find(SOURCE, TWO, "alice", "new")).isEmpty();
    }

    @Test
    void anAnswerExpires() {
        keep("alice");
        nanos += Duration.ofSeconds(299).toNanos();
        assertThat(find(TWO, "alice")).isPresent();
        assertThat(find(new LoginCache.Limits(2, Duration.ofSeconds(10)), "alice"))
                .as("a shorter time holds at once")
                .isEmpty();
        keep("alice");
        nanos += Duration.ofSeconds(300).toNanos();
        assertThat(find(TWO, "alice")).isEmpty();
    }

    @Test
    void theOldestAnswerMakesRoom() {
        keep("alice");
        keep("bob");
        keep("alice");
        keep("carol");
        assertThat(find(TWO, "bob")).isEmpty();
        assertThat(find(TWO, "alice")).isPresent();
        assertThat(find(TWO, "carol")).isPresent();
        assertThat(find(new LoginCache.Limits(1, TWO.expiry()), "alice")).isEmpty();
        assertThat(find(TWO, "carol")).isPresent();
        LoginCache.Limits none = new LoginCache.Limits(0, TWO.expiry());
        cache.keep(SOURCE, none, "dave", "secret of dave", answer("dave"));
        assertThat(find(TWO, "dave")).isEmpty();
    }
}
