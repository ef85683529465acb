package org.jxapi.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.RunningDaemon;

/** Messages that come as mail, to a mail server of the test's own. */
class MailAlarmsTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();

    private static final String ALARM =
            "value: 0.951\nconfig:\n<variable><name value=\"cpu_usage\"/><alarm_trigger_level value=\"0.8\"/>"
                    + "<alarm_trigger_period value=\"120\"/></variable>";

    private static void message(String name, int priority, String body) throws Exception {
        String uuid = calls.text("host.get_uuid", calls.first("host.get_all"));
        calls.ok("message.create", name, Integer.toString(priority), "Host", uuid, body);
    }

    private static String text(String mail) {
        String body = mail.substring(mail.indexOf("\n\n") + 2, mail.lastIndexOf("\n."));
        return new String(Base64.getMimeDecoder().decode(body), StandardCharsets.UTF_8);
    }

    @Test
    void messagesThatAreUrgentEnoughComeAsMail() throws Exception {
        String pool = calls.first("pool.get_all");
        calls.ok("pool.set_name_label", pool, "Größe");
        try (MailServer server = new MailServer()) {
            message("BEFORE", 1, "too early");
            calls.ok(
                    "pool.set_other_config",
                    pool,
                    Map.of("mail-destination", "a@b.example, c@d.example", "ssmtp-mailhub", server.address()));
            message("NOT_URGENT", 4, "too quiet");
            message("SOMETHING", 3, "it happened\n.\nüber");
            message("ALARM", 3, ALARM);
            Eventually.holds(() -> assertThat(server.mails()).hasSize(2));
            String plain = server.mails().get(0);
            assertThat(plain)
                    .contains(
                            "RCPT TO:<a@b.example>\nRCPT TO:<c@d.example>\n", "From: noreply@", "Subject: =?UTF-8?B?");
            assertThat(text(plain)).contains("Name:\t\tSOMETHING\nPriority:\t3\n", "Body:\tit happened\n.\nüber\n");
            String host = calls.text("host.get_name_label", calls.first("host.get_all"));
            assertThat(text(server.mails().get(1)))
                    .startsWith("CPU usage of Host \"" + host + "\": 95.1%, on average over the last 120 seconds.\n")
                    .contains("more than 80.0%");

            calls.ok("pool.set_name_label", pool, "pool");
            calls.ok(
                    "pool.set_other_config",
                    pool,
                    Map.of(
                            "mail-destination", "refused@b.example",
                            "mail-min-priority", "5",
                            "ssmtp-mailhub", server.address()));
            message("REFUSED", 5, "");
            calls.ok("pool.remove_from_other_config", pool, "mail-destination");
            calls.ok("pool.add_to_other_config", pool, "mail-destination", "a@b.example");
            calls.ok("pool.add_to_other_config", pool, "mail-sender", "xen@b.example");
            message("LAST", 5, "");
            Eventually.holds(() -> assertThat(server.mails()).hasSize(3));
            assertThat(server.mails().get(2))
                    .contains("MAIL FROM:<xen@b.example>", "Subject: [pool] jxapi Message: Host ", " LAST\n");
        } finally {
            calls.ok("pool.set_other_config", pool, Map.of());
        }
    }

    @Test
    void aLanguagePackReplacesTheTextsThatItHas(@TempDir Path folder) throws Exception {
        Files.writeString(
                folder.resolve("xx-YY.json"), "{\"mail-alarms\": {\"cpu_usage_alarm\": {\"subject\": \"S {cls}\"}}}");
        MailLanguage pack = MailLanguage.of(folder, "xx-YY");
        assertThat(pack.subject("cpu_usage_alarm")).isEqualTo("S {cls}");
        assertThat(pack.body("cpu_usage_alarm")).startsWith("CPU usage of {cls}");
        for (String missing : List.of("zz-ZZ", "../xx-YY")) {
            assertThat(MailLanguage.of(folder, missing).subject("cpu_usage_alarm"))
                    .startsWith("[{pool_name}] {product_brand} Alarm: CPU usage");
        }
    }

    @Test
    void anAnswerWithoutAnEndIsGivenUp() throws Exception {
        try (ServerSocket endless = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread answers = new Thread(() -> {
                try (Socket client = endless.accept()) {
                    while (true) {
                        client.getOutputStream().write(new byte[4096]);
                    }
                } catch (IOException e) {
                    // The client has gone, as it should.
                }
            });
            answers.start();
            Mail mail = new Mail("a@b.example", List.of("c@d.example"), "subject", "text", StandardCharsets.UTF_8);
            assertThatThrownBy(() -> new MailHub("127.0.0.1", endless.getLocalPort()).send(mail, "host"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("a line of the mail server's answer is longer than 1000 bytes");
            answers.join();
        }
    }

    @Test
    void aMailHubHasAPort() throws Exception {
        assertThat(MailHub.of("mail.example")).isEqualTo(new MailHub("mail.example", 25));
        assertThat(MailHub.of("mail.example:587")).isEqualTo(new MailHub("mail.example", 587));
        for (String wrong : List.of("", ":25", "mail.example:", "mail.example:70000")) {
            assertThatThrownBy(() -> MailHub.of(wrong))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("mailhub");
        }
    }
}
