package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
    @TempDir
    Path folder;

    private Settings settings(String text) throws IOException {
        return Settings.parse(List.of("--config", config(text).toString()));
    }

    private Path config(String text) throws IOException {
        return Files.writeString(folder.resolve("jxapid.conf"), text);
    }

    @Test
    void commentsStandOnLinesOfTheirOwnAndBehindValues() throws IOException {
        Settings settings = settings("""
                # The plain listener.
                  # http = 127.0.0.1:1
                http = 127.0.0.1:8080   # not the usual port
                data-dir = /srv/a#b\t# a name with a sign
                backup-dir = "/srv/c #d"  # and one with a blank

                log-file="/srv/log"
                """);
        assertThat(settings.http()).isEqualTo(new Endpoint("127.0.0.1", 8080));
        assertThat(settings.dataDir()).isEqualTo(Path.of("/srv/a#b"));
        assertThat(settings.backups().folder()).isEqualTo(Path.of("/srv/c #d"));
        assertThat(settings.logFile()).isEqualTo(Path.of("/srv/log"));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "10485760, 10485760", "512K, 524288", "10M, 10485760", "2G, 2147483648"})
    void sizesHaveUnits(String value, long bytes) throws IOException {
        assertThat(settings("max-body = " + value + "\n").maxBody()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0", "-1", "10m", "10MB", "M", "1.5M", "9223372036854775807K", "99999999999999999999", "1 M"})
    void aSizeThatIsNoneIsRefused(String value) {
        assertThatThrownBy(() -> settings("max-body = " + value + "\n"))
                .hasMessageStartingWith("--max-body takes a number of bytes, or a size such as 512K, 10M or 1G, not '"
                        + value + "' (in ");
    }

    @ParameterizedTest
    @CsvSource({"30, 30", "30s, 30", "5m, 300", "1h, 3600"})
    void timesHaveUnits(String value, int seconds) throws IOException {
        assertThat(settings("storage-timeout = " + value + "\n").storage().answer())
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2h", "61m", "30S", "s", "4000"})
    void aTimeThatIsNoneIsRefused(String value) {
        assertThatThrownBy(() -> settings("storage-timeout = " + value + "\n"))
                .hasMessageContaining("takes a number of seconds from 1 to 3600, or a time such as 30s, 5m or 1h");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "http|'http' is not key = value",
                "htp = off|unknown key: htp",
                "http = off\\nnbd = off\\nhttp = off|http is set in line 1 too",
                "log-file = \"/srv/a b|log-file needs double quotes around its whole value, or none",
                "log-file = \"/srv\"/a|log-file needs double quotes around its whole value, or none",
            })
    void aLineThatMakesNoSenseIsRefused(String text, String message) {
        String lines = text.replace("\\n", "\n");
        assertThatThrownBy(() -> settings(lines))
                .hasMessageStartingWith(message)
                .hasMessageEndingWith("jxapid.conf, line " + lines.split("\n").length + ")");
    }

    /** packaging/etc/jxapid.conf, of which each line without its # is a setting and its default. */
    @Test
    void theFileOfThePackageHasAllSettingsWithTheirDefaults() throws IOException {
        String shipped = Files.readString(Path.of("..", "packaging", "etc", "jxapid.conf"));
        assertThat(settings(shipped)).isEqualTo(settings(""));
        List<String> keys = Pattern.compile("^#([a-z-]+) =", Pattern.MULTILINE)
                .matcher(shipped)
                .results()
                .map(line -> line.group(1))
                .toList();
        assertThat(keys).containsExactlyInAnyOrderElementsOf(Settings.KEYS);
        String set = shipped.replaceAll("(?m)^#([a-z-]+ = .+)$", "$1");
        assertThat(settings(set)).isEqualTo(settings(""));
    }
}
