package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;

/**
 * Passwords of device_config are kept in secrets, as in XAPI: xapi_secret.ml (move_passwds_to_secrets,
 * duplicate_passwds, clean_out_passwds), message_forwarding.ml (SR.create, SR.probe, SR.probe_ext, PBD.create) and
 * xapi_pbd.ml (create_common, destroy).
 */
class DeviceSecretsTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static final Calls calls = daemon.calls();

    @BeforeEach
    void noSecretIsThere() throws Exception {
        assertThat(calls.list("secret.get_all")).isEmpty();
    }

    private static String create(Map<String, String> config) throws Exception {
        return calls.text("SR.create", parameters(config));
    }

    private static Object[] parameters(Map<String, String> config) throws Exception {
        return new Object[] {calls.first("host.get_all"), config, 0, "made", "", "file", "user", false, Map.of()};
    }

    private static JsonNode config(String sr) throws Exception {
        return calls.ok("PBD.get_device_config", calls.first("SR.get_PBDs", sr));
    }

    private static void forget(String sr) throws Exception {
        for (String pbd : calls.list("SR.get_PBDs", sr)) {
            calls.ok("PBD.unplug", pbd);
        }
        calls.ok("SR.forget", sr);
    }

    private static String value(JsonNode uuid) throws Exception {
        return calls.text("secret.get_value", calls.text("secret.get_by_uuid", uuid.asText()));
    }

    @Test
    void passwordsOfANewRepositoryMoveIntoSecretsThatGoWithIt() throws Exception {
        String location = folder.resolve("one").toString();
        String sr = create(Map.of("location", location, "password", "geheim", "cifspassword", "auch"));
        JsonNode config = config(sr);
        assertThat(config.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("location", "password_secret", "cifspassword_secret");
        assertThat(value(config.get("password_secret"))).isEqualTo("geheim");
        assertThat(value(config.get("cifspassword_secret"))).isEqualTo("auch");
        assertThat(calls.list("secret.get_all")).hasSize(2);
        String pbd = calls.first("SR.get_PBDs", sr);
        calls.ok("PBD.unplug", pbd);
        calls.ok("PBD.destroy", pbd);
        assertThat(calls.list("secret.get_all")).isEmpty();
        calls.ok("SR.forget", sr);
    }

    @Test
    void aPbdGetsACopyOfTheSecretThatIsNamed() throws Exception {
        String secret = calls.text("secret.create", Map.of("value", "geheim", "other_config", Map.of()));
        String uuid = calls.text("secret.get_uuid", secret);
        String sr = create(Map.of("location", folder.resolve("named").toString(), "password_secret", uuid));
        assertThat(config(sr).get("password_secret").asText()).isNotEqualTo(uuid);
        assertThat(value(config(sr).get("password_secret"))).isEqualTo("geheim");
        forget(sr);
        assertThat(calls.list("secret.get_all")).containsExactly(secret);
        calls.ok("secret.destroy", secret);
    }

    @Test
    void aRepositoryThatCannotBeMadeLeavesNoSecret() throws Exception {
        Files.createDirectories(folder.resolve("full/of/things"));
        String full = folder.resolve("full").toString();
        assertThat(calls.error("SR.create", parameters(Map.of("location", full, "password", "geheim")))
                        .get(0))
                .isEqualTo("SR_BACKEND_FAILURE_61");
        String none = folder.resolve("none").toString();
        assertThat(calls.error("SR.create", parameters(Map.of("location", none, "password_secret", "nowhere"))))
                .containsExactly("UUID_INVALID", "secret", "nowhere");
        assertThat(calls.list("SR.get_by_name_label", "made")).isEmpty();
    }

    @Test
    void aPbdHidesThePasswordThatItIsMadeWith() throws Exception {
        String sr = calls.text("SR.introduce", "", "old", "", "file", "user", false, Map.of());
        Map<String, String> given = Map.of("location", folder.resolve("later").toString(), "password", "geheim");
        String pbd =
                calls.text("PBD.create", Map.of("host", calls.first("host.get_all"), "SR", sr, "device_config", given));
        assertThat(config(sr).has("password")).isFalse();
        assertThat(value(config(sr).get("password_secret"))).isEqualTo("geheim");
        calls.ok("PBD.destroy", pbd);
        calls.ok("SR.forget", sr);
    }

    @Test
    void aProbeAnswersWithASecretForThePassword() throws Exception {
        String host = calls.first("host.get_all");
        Map<String, String> given = Map.of(
                "location", Files.createDirectory(folder.resolve("probed")).toString(), "password", "geheim");
        JsonNode found = calls.ok("SR.probe_ext", host, given, "file", Map.of()).get(0);
        assertThat(found.get("configuration").has("password")).isFalse();
        assertThat(value(found.get("configuration").get("password_secret"))).isEqualTo("geheim");
        assertThat(calls.text("SR.probe", host, given, "file", Map.of())).doesNotContain("geheim");
        List<String> secrets = calls.list("secret.get_all");
        assertThat(secrets).hasSize(1);
        calls.ok("secret.destroy", secrets.get(0));
    }
}
