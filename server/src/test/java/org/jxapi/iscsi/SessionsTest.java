package org.jxapi.iscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.iscsi.IscsiException.Kind;

/** Sessions with targets, and the commands that begin and end them. */
class SessionsTest {
    private static final String IQN = "iqn.2026-11.org.example:disks";
    private static final String NAME = "iqn.2026-11.org.jxapi:abc";
    private static final Portal PORTAL = new Portal("127.0.0.1", 3260);
    private static final Chap JOE = new Chap("joe", "secretsecret12", "", "");

    @TempDir
    Path root;

    private FakeIscsiadm iscsiadm;
    private Sessions sessions;

    @BeforeEach
    void make() throws IOException {
        iscsiadm = new FakeIscsiadm(root, 3260);
        iscsiadm.offer(IQN, "naa.6001");
        sessions = started();
    }

    private Sessions started() {
        return new Sessions(iscsiadm, iscsiadm.sys().resolve("class/iscsi_session"), () -> NAME);
    }

    private boolean use(String user, Chap chap) throws IOException {
        return sessions.use(user, IQN, () -> PORTAL, chap);
    }

    private List<String> sessions() throws IOException {
        try (Stream<Path> list = Files.list(iscsiadm.sys().resolve("class/iscsi_session"))) {
            return list.map(path -> path.getFileName().toString()).toList();
        }
    }

    private List<Path> records() throws IOException {
        try (Stream<Path> list = Files.walk(root.resolve("etc"))) {
            return list.filter(Files::isRegularFile).toList();
        }
    }

    /** As in the test bed with open-iscsi 2.1.8: the group of portals must be named, or the record is a file elsewhere. */
    @Test
    void aSessionBeginsUnderTheNameOfTheHost() throws IOException {
        assertThat(use("a", Chap.NONE)).isTrue();
        assertThat(sessions()).containsExactly("session1");
        assertThat(iscsiadm.commands())
                .containsExactly(
                        "-m iface -I jxapi",
                        "-m iface -I jxapi -o new",
                        "-m iface -I jxapi -o update -n iface.initiatorname -v " + NAME,
                        "-m discoverydb -t sendtargets -p 127.0.0.1:3260 -I jxapi -o new",
                        "-m discoverydb -t sendtargets -p 127.0.0.1:3260 -I jxapi -o nonpersistent --discover",
                        "-m discoverydb -t sendtargets -p 127.0.0.1:3260 -I jxapi -o delete",
                        "-m node -T " + IQN + " -p 127.0.0.1:3260,1 -I jxapi -o new",
                        "-m node -T " + IQN + " -p 127.0.0.1:3260,1 -I jxapi --login");
    }

    @Test
    void theLastUserEndsTheSession() throws IOException {
        assertThat(use("a", Chap.NONE)).isTrue();
        assertThat(use("a", Chap.NONE)).isFalse();
        assertThat(use("b", Chap.NONE)).isTrue();
        assertThat(sessions.usedBy("a")).containsExactly(IQN);
        sessions.release("a", IQN, () -> false);
        assertThat(sessions()).containsExactly("session1");
        sessions.release("b", IQN, () -> false);
        assertThat(sessions()).isEmpty();
        assertThat(records()).isEmpty();
        sessions.release("b", IQN, () -> false);
    }

    @Test
    void aSessionWhoseLunIsInUseStays() throws IOException {
        use("a", Chap.NONE);
        sessions.release("a", IQN, () -> true);
        assertThat(sessions()).containsExactly("session1");
    }

    @Test
    void aSessionOfAnotherProgramIsUsedAndStays() throws IOException {
        iscsiadm.beginByHand(IQN);
        use("a", Chap.NONE);
        sessions.release("a", IQN, () -> false);
        assertThat(sessions()).containsExactly("session1");
        assertThat(iscsiadm.commands()).isEmpty();
    }

    /** A new daemon finds the sessions of the one before. */
    @Test
    void aSessionSurvivesTheDaemon() throws IOException {
        use("a", Chap.NONE);
        sessions = started();
        use("a", Chap.NONE);
        assertThat(sessions()).containsExactly("session1");
        sessions.release("a", IQN, () -> false);
        assertThat(sessions()).isEmpty();
    }

    @Test
    void passwordsAreInNoArgument() throws IOException {
        iscsiadm.require("joe secretsecret12");
        assertThat(sessions.discover(PORTAL, JOE)).containsExactly(new Offer(PORTAL, "1", IQN));
        use("a", JOE);
        assertThat(sessions()).containsExactly("session1");
        assertThat(iscsiadm.commands()).noneMatch(command -> command.contains("secret"));
        assertThat(JOE.toString()).doesNotContain("secret");
        assertThat(records()).singleElement().satisfies(record -> {
            assertThat(Files.getPosixFilePermissions(record)).hasSize(2);
            assertThat(Files.readString(record)).endsWith("# END RECORD\n").contains("node.startup = manual");
        });
    }

    @Test
    void wrongPasswordsLeaveNothing() throws IOException {
        iscsiadm.require("joe anotherpassword");
        IscsiException refused = catchThrowableOfType(IscsiException.class, () -> use("a", JOE));
        assertThat(refused.kind()).isEqualTo(Kind.DISCOVERY);
        assertThat(refused.getMessage()).contains("authorization failure");
        assertThat(records()).isEmpty();
        assertThat(sessions()).isEmpty();
        assertThat(sessions.usedBy("a")).isEmpty();
    }

    @Test
    void failuresSayWhatFailed() {
        assertThatThrownBy(() -> sessions.use("a", "iqn.other", () -> PORTAL, Chap.NONE))
                .hasMessage("127.0.0.1:3260 does not offer this host the target iqn.other")
                .extracting(e -> ((IscsiException) e).kind())
                .isEqualTo(Kind.NO_TARGET);
        assertThatThrownBy(() -> sessions.discover(new Portal("127.0.0.1", 3261), Chap.NONE))
                .hasMessageStartingWith("cannot make connection to 127.0.0.1: Connection refused");
        iscsiadm.stopDaemon();
        assertThatThrownBy(() -> sessions.discover(PORTAL, Chap.NONE))
                .hasMessage("iscsid does not answer. Start it: systemctl start iscsid");
    }

    @Test
    void portalsAreReadAndWritten() {
        assertThat(Portal.parse("nas")).isEqualTo(new Portal("nas", 3260));
        assertThat(Portal.parse("10.0.0.1:860")).isEqualTo(new Portal("10.0.0.1", 860));
        assertThat(Portal.parse("[fe80::1]:860")).hasToString("[fe80::1]:860");
        assertThat(Portal.parse("fe80::1")).hasToString("[fe80::1]:3260");
        for (String wrong : List.of("", ":1", "a:", "a:0", "a:65536", "a:x", "[]:1")) {
            assertThatThrownBy(() -> Portal.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
