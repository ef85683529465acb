package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The settings that come with a restored host: a start with them must find the same data folder. */
class OwnStartTest {
    @TempDir
    Path folder;

    private Path config;
    private OwnStart next;

    @BeforeEach
    void parse() throws IOException {
        config = Files.writeString(folder.resolve("conf"), "data-dir = " + folder.resolve("data") + "\n");
        next = new OwnStart(Settings.parse(List.of("--unix-socket", "off", "--config", config.toString())));
    }

    private Path other(String text) throws IOException {
        return Files.writeString(folder.resolve("other"), text);
    }

    @Test
    void settingsThatFitAreTaken() throws Exception {
        assertThat(next.settings()).contains(config);
        next.checkSettings(other("data-dir = " + folder.resolve("data") + "\nhttp = 127.0.0.1:8080\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data-dir = /srv/jxapi | has the data folder /srv/jxapi, and this jxapid has",
                "data-dir /srv | is not key = value (in jxapid.conf, line 1)",
                "max-body = much | cannot be used: --max-body",
                "https = 192.0.2.1:443 | this machine does not have the address 192.0.2.1",
                "root-password-file = /nowhere/password | does not fit this machine: --root-password-file",
            })
    void settingsThatDoNotFitAreRefused(String line, String expected) throws Exception {
        String rest = line.startsWith("data-dir") ? "" : "\ndata-dir = " + folder.resolve("data");
        Path file = other(line + rest + "\n");
        assertThatThrownBy(() -> next.checkSettings(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(expected)
                .hasMessageContaining("settings file jxapid.conf");
    }

    @Test
    void settingsOfTheCommandLineAloneAreInNoFile() throws Exception {
        OwnStart bare = new OwnStart(Settings.parse(List.of("--data-dir", folder.toString())));
        assertThat(bare.settings()).isEmpty();
        bare.checkSettings(other("data-dir = /srv/jxapi\n"));
    }
}
