package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.jxapi.dispatch.Call;
import org.jxapi.harness.HandClock;

/** The body of FAILED_LOGIN_ATTEMPTS. Upstream: ocaml/tests/test_session.ml. */
class FailedLoginsTest {
    private final HandClock clock = new HandClock("2020-09-22T14:57:11Z");
    private final FailedLogins failed = new FailedLogins(clock);

    private void fail(int times, String user, String originator, String userAgent, String address) {
        for (int i = 0; i < times; i++) {
            failed.count(Call.Origin.of(false, address, userAgent, ""), user, originator);
        }
    }

    @Test
    void theThreeWorstClientsAreNamedAndAllAreCounted() {
        assertThat(failed.take()).isEmpty();
        fail(4, "usr4", "org4", "", "4.4.4.4");
        clock.set("2020-09-22T15:03:13Z");
        fail(1, "usr1", "", "", "1.1.1.1");
        fail(10, "usr5", "org5", "agent5", "5.5.5.5");
        fail(6, "usr6", "", "agent6", "6.6.6.6");
        assertThat(failed.take()).hasValue("""
                        <body>
                        <total>21</total>
                        <known>
                        <username>usr5</username>
                        <originator>org5</originator>
                        <useragent>agent5</useragent>
                        <ip>5.5.5.5</ip>
                        <number>10</number>
                        <date>20200922T15:03:13Z</date>
                        </known>
                        <known>
                        <username>usr6</username>
                        <useragent>agent6</useragent>
                        <ip>6.6.6.6</ip>
                        <number>6</number>
                        <date>20200922T15:03:13Z</date>
                        </known>
                        <known>
                        <username>usr4</username>
                        <originator>org4</originator>
                        <ip>4.4.4.4</ip>
                        <number>4</number>
                        <date>20200922T14:57:11Z</date>
                        </known>
                        </body>""");
        assertThat(failed.take()).isEmpty();
    }

    @Test
    void manyClientsTakeNoMemoryAndTheirTextsAddNoElements() {
        for (int i = 0; i < 1500; i++) {
            fail(1, "u" + i, "", "", "10.0.0.1");
        }
        fail(2, "<number>9</number>" + "x".repeat(100), "", "", "10.0.0.2");
        assertThat(failed.take().orElseThrow())
                .contains("<total>1502</total>", "<unknown>502</unknown>")
                .doesNotContain("<number>9</number>");
        fail(2, "<number>9</number>" + "x".repeat(100), "", "", "10.0.0.2");
        assertThat(failed.take().orElseThrow())
                .contains("<username>&lt;number&gt;9&lt;/number&gt;xxx")
                .hasSizeLessThan(400);
    }
}
