package org.jxapi.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;

/** The list of updates that Xen Orchestra and XO Lite ask for. */
class UpdaterPluginTest {
    @Test
    void packagesThatAptWouldUpdateAreListed() {
        String plan = """
                Inst libnew (1.0 Debian:12.9/stable [amd64])
                Inst libssl3 [3.0.11-1~deb12u1] (3.0.15-1~deb12u1 Debian-Security:12/stable-security [amd64]) []
                Inst xen-hypervisor-4.17-amd64 [4.17.1] (4.17.5 Debian:12.9/stable, Debian-Security:12/stable-security [amd64])
                Conf libssl3 (3.0.15-1~deb12u1 Debian-Security:12/stable-security [amd64])
                """;
        String details = """
                Package: xen-hypervisor-4.17-amd64
                Size: 42
                Description: hypervisor

                Package: libssl3
                Homepage: https://www.openssl.org/
                Size: 2020
                Description-en: Secure Sockets Layer toolkit
                 More of it.
                """;
        assertThat(UpdaterPlugin.updates(plan, details))
                .isEqualTo(
                        "[{\"name\":\"libssl3\",\"version\":\"3.0.15-1~deb12u1\","
                                + "\"release\":\"Debian-Security:12/stable-security\","
                                + "\"description\":\"Secure Sockets Layer toolkit\",\"size\":2020,"
                                + "\"url\":\"https://www.openssl.org/\",\"license\":\"\",\"changelog\":null},"
                                + "{\"name\":\"xen-hypervisor-4.17-amd64\",\"version\":\"4.17.5\","
                                + "\"release\":\"Debian:12.9/stable, Debian-Security:12/stable-security\","
                                + "\"description\":\"hypervisor\",\"size\":42,\"url\":\"\",\"license\":\"\",\"changelog\":null}]");
        assertThat(UpdaterPlugin.updates("", "")).isEqualTo("[]");
    }

    @Test
    void aSimulatedHostHasNothingToUpdateAndNothingIsInstalled() {
        UpdaterPlugin plugin = new UpdaterPlugin(false);
        assertThat(plugin.call(Ref.nil(), "check_update", Map.of())).isEqualTo("[]");
        assertThatThrownBy(() -> plugin.call(Ref.nil(), "update", Map.of()))
                .isInstanceOf(XenApiException.class)
                .hasMessageContaining("UNKNOWN_XENAPI_PLUGIN_FUNCTION");
    }
}
