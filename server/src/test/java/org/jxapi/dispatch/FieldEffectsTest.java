package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.xenapi.XenModel;

/** The table of fields in docs/coverage.md cannot rot: what it calls honoured is read by the class that it names. */
class FieldEffectsTest {
    private static final Path SOURCES = Path.of("src/main/java/org/jxapi");

    private static String source(String by) throws IOException {
        return Files.readString(SOURCES.resolve(by.replace('.', '/') + ".java"));
    }

    @Test
    void whatIsHonouredIsReadByTheClassThatIsNamed() throws IOException {
        List<String> unread = new ArrayList<>();
        int seen = 0;
        for (FieldEffects.Effect effect : FieldEffects.all()) {
            if (!effect.effect().equals("honoured")) {
                continue;
            }
            seen++;
            String source = source(effect.by());
            boolean read = effect.key() == null
                    ? reads(source, effect)
                    : source.contains("\"" + effect.key() + "\"") || source.contains(":" + effect.key() + "\"");
            if (!read) {
                unread.add(effect.path() + " is not read by " + effect.by());
            }
        }
        assertThat(unread).isEmpty();
        assertThat(seen).isGreaterThan(100);
    }

    /** Whether a source names the field other than to give it a value. */
    private static boolean reads(String source, FieldEffects.Effect effect) {
        ClassModel<?> model = XenModel.get(effect.className());
        String type = effect.className().length() <= 3
                ? effect.className()
                : Character.toUpperCase(effect.className().charAt(0))
                        + effect.className().substring(1);
        String constant = type + "." + model.field(effect.field()).name().toUpperCase(java.util.Locale.ROOT);
        String name = Pattern.quote(constant) + "\\b";
        String written = source.replaceAll("\\.with\\(\\s*" + name + "\\s*,", "")
                .replaceAll("\\bset\\([^;]{0,80}?,\\s*" + name + "\\s*,", "");
        Matcher read = Pattern.compile("\\b" + name).matcher(written);
        return read.find();
    }

    @Test
    void everyRefusalNamesItsErrorAndEverythingStoredSaysWhy() {
        assertThat(FieldEffects.all()).allSatisfy(effect -> {
            assertThat(effect.error() != null)
                    .as(effect.path())
                    .isEqualTo(effect.effect().equals("refused"));
            assertThat(effect.by() != null)
                    .as(effect.path())
                    .isEqualTo(effect.effect().equals("honoured"));
            assertThat(effect.effect().equals("stored") && effect.note().isEmpty())
                    .as(effect.path())
                    .isFalse();
        });
    }
}
